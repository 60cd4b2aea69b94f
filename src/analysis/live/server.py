"""The server: pages, events and what is saved, for this machine alone unless it is asked otherwise."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import json
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, ValidationError
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

from analysis.errors import UserError
from analysis.live import pages
from analysis.live.choice import PREFIX, ROW_PREFIX, Choice
from analysis.live.job import ONGOING, Make
from analysis.live.queue import MOST_WAITING, Queue
from analysis.live.session import Session
from analysis.live.state import INDEX
from analysis.site import hosting
from analysis.site.frame import STATIC
from analysis.suite import environment, files, process, run, settings
from analysis.suite.project import Project
from analysis.writing import write_atomically

MOST_BYTES = 65_536
"""Of a request's body, and of its head."""
_TYPES = {"panel.js": "text/javascript", "what-if.js": "text/javascript", "panel.css": "text/css"}
WHAT_IF = "what-if"
"""The folder of a project in which changed rows are kept."""
_COOKIE = "analysis-token"
_BEAT_SECONDS = 15.0
_WATCH_SECONDS = 1.0
_STATE = re.compile(rb'data-state="(ready|failed)"')


class Site:
    """What all requests share. token: empty for a server that only this machine reaches; hosts: names it answers to."""

    def __init__(self, session: Session, hosts: Sequence[str], token: str) -> None:
        self.session, self.hosts, self.token = session, frozenset(hosts), token
        self.queue = Queue(session.settle)
        self.watching: set[asyncio.Queue[str]] = set()
        self.saving: set[subprocess.Popen[str]] = set()
        self.keeping = threading.Lock()
        self._start = secrets.token_hex(4)

    @property
    def as_of(self) -> str:
        """As of which state of the files pages are made now; another server has others."""
        return f"{self._start}-{self.session.generation}"

    @property
    def changed(self) -> str:
        """The event after which a page asks again."""
        return f"event: changed\nid: {self.as_of}\ndata: {{}}\n\n"

    def close(self) -> None:
        """End everything that runs."""
        for saving in list(self.saving):
            saving.terminate()
        self.queue.close()
        process.Runner.end_ahead()


class Handler(RequestHandler):
    """Checks who asks, and how, before anything else."""

    site: Site

    def initialize(self, site: Site) -> None:
        self.site = site

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in (
            ("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
        ):  # fmt: skip
            self.set_header(name, value)

    def prepare(self) -> None:
        host = self.request.headers.get("Host", "")
        if self.site.hosts and host.lower() not in self.site.hosts:
            raise HTTPError(403, reason="This server does not answer to that name")
        if _host(self.request.headers.get("Origin"), host) != host.lower():
            raise HTTPError(403, reason="Asked by another site")
        if not self._is_visit() and self.request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site"):
            raise HTTPError(403, reason="Asked by another site")
        if self.site.token:
            self._check_token()

    def _is_visit(self) -> bool:
        """Whether a reader opened the address, not a page of ours."""
        return self.request.headers.get("Sec-Fetch-Mode") == "navigate" and self.request.method == "GET"

    def _check_token(self) -> None:
        given = self.get_query_argument("token", "")
        if given and hmac.compare_digest(given.encode(), self.site.token.encode()):
            self.set_cookie(_COOKIE, given, httponly=True, samesite="Strict")
            self.redirect(self.request.path)
        elif not hmac.compare_digest(self.get_cookie(_COOKIE, "").encode(), self.site.token.encode()):
            raise HTTPError(403, reason="Open the address that analysis serve printed: it holds a token")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """What is wrong: one line of plain text, for a reader a page with the way back to the report."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        session = self.site.session
        text = str(error) if isinstance(error, UserError) else self._reason
        text = text.replace(f"{session.folder / 'inputs'}/", "")  # the reader's own file, not our copy
        shown = (
            session.some(session.first_language) if self._is_visit() and status_code in (400, 404) else None
        )
        if shown is not None:
            self.finish(hosting.lost(shown.run, "/", text))
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{text}\n")

    def log_exception(self, kind: Any, error: Any, trace: Any) -> None:
        """What is said in the terminal: nothing of a reader who left before the answer was written."""
        if not isinstance(error, StreamClosedError):
            super().log_exception(kind, error, trace)

    def refuse(self, error: UserError) -> None:
        """The user's mistake: one message."""
        self.set_status(400)
        self.write_error(400, exc_info=(type(error), error, None))

    def on_show(self) -> str:
        """The notebook whose page asks, or the overview."""
        try:
            return self.site.session.stem(self.get_query_argument("page", "index.html"))[0]
        except KeyError:
            raise HTTPError(404, reason="There is no such page") from None

    def chosen(self, language: str) -> Choice:
        """The choice that the address names. UserError."""
        given: dict[str, dict[str, str]] = {PREFIX: {}, ROW_PREFIX: {}}
        for name, values in self.request.query_arguments.items():
            prefix = name[: len(PREFIX)]
            if prefix in given:
                if len(values) > 1:
                    raise UserError(f"{name} is given twice; keep one.")
                given[prefix][name.removeprefix(prefix)] = values[0].decode("utf-8", "replace")
        return self.site.session.choice(given[PREFIX], language, given[ROW_PREFIX])


class Home(Handler):
    """Leads to the overview: with the parameters of the address, else with those of the run that is served."""

    def get(self) -> None:
        from urllib.parse import urlencode

        session = self.site.session
        texts = Choice(session.initial, session.first_language).texts()
        of_run = urlencode([(f"{PREFIX}{n}", v) for n, _, v in (t.partition("=") for t in texts)])
        asked = self.request.query or of_run
        self.redirect("/index.html" + (f"?{asked}" if asked else ""))


class Pages(Handler):
    """A page as it is with the parameters of its address; while these were not executed, with others."""

    async def get(self, name: str) -> None:
        session, as_of = self.site.session, self.site.as_of
        try:
            stem, language = session.stem(name)
        except KeyError:
            raise HTTPError(404, reason="There is no such page") from None
        try:
            made, how = await self._made(self.chosen(language), stem)
        except UserError as error:
            self.refuse(error)
            return
        self.set_header("Content-Security-Policy", made.policy)
        self.set_header("X-State", how)
        state = r"\1" if how == "ready" else "pending"
        told = f'data-state="{state}" data-as-of="{as_of}"'
        await self.finish(_STATE.sub(told.encode(), made.content, 1))

    async def _made(self, choice: Choice, stem: str) -> tuple[pages.Made, str]:
        """As `_page`, of a language too of which nothing was executed yet. UserError."""
        loop = asyncio.get_running_loop()
        made, how = await loop.run_in_executor(None, _page, self.site.session, choice, stem)
        if made is None:
            is_first = self.site.session.some(choice.language) is None
            problem = await self._wait(Choice({}, choice.language) if is_first else choice)
            made, how = await loop.run_in_executor(None, _page, self.site.session, choice, stem)
            if made is None:
                raise UserError(problem or "The notebooks could not be executed.")
        return made, how

    async def _wait(self, choice: Choice) -> str:
        """Wait until it was executed; gives why it could not be."""
        loop = asyncio.get_running_loop()
        ended = loop.create_future()

        def tell(said: dict[str, object]) -> None:
            if said["event"] not in ONGOING:
                loop.call_soon_threadsafe(ended.set_result, str(said.get("text", "")))

        self.site.queue.wait(Make(self.site.session, choice), tell)
        return str(await ended)


def _host(origin: str | None, own: str) -> str:
    """The host that an Origin names: that of the request where there is none, nothing where it is no address."""
    try:
        return own.lower() if origin is None else urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _page(session: Session, choice: Choice, stem: str) -> tuple[pages.Made | None, str]:
    """The page, and whether it is that of the choice (`ready`, `early`) or stands in for it (`pending`). UserError for that of a
    notebook that could not run.
    """
    ways = {
        "ready": session.state,
        "early": lambda x: session.early(x, stem),
        "pending": lambda x: session.some(x.language),
    }
    for how, find in ways.items():
        shown = find(choice)
        if shown is None:
            continue
        if stem in (INDEX, *(n.stem for n in shown.variant.notebooks)):
            return pages.page(session, shown, stem), "pending" if session.problem else how
        if how == "ready":
            raise UserError(
                next((str(f) for f in shown.failures if f.notebook == stem), f"{stem} was not run.")
            )
    return None, "pending"


class Stream(Handler):
    """Passes on server-sent events as long as somebody listens, with a sign of life where none comes for a while."""

    _said: asyncio.Queue[str] | None = None

    async def pass_on(self, said: asyncio.Queue[str]) -> None:
        """What is put into the queue, until it is an empty text or the reader has left."""
        self._said = said
        self.set_header("Content-Type", "text/event-stream")
        try:
            while message := await self._next(said):
                self.write(message)
                await self.flush()
        except StreamClosedError:
            return

    async def _next(self, said: asyncio.Queue[str]) -> str:
        try:
            return await asyncio.wait_for(said.get(), _BEAT_SECONDS)
        except TimeoutError:
            return ": still there\n\n"

    def on_connection_close(self) -> None:
        if self._said is not None and not self._said.full():
            self._said.put_nowait("")


def _event(message: dict[str, object]) -> str:
    return f"event: {message['event']}\ndata: {json.dumps(message, ensure_ascii=False)}\n\n"


class Events(Stream):
    """Executes the parameters of its address as long as somebody listens: progress, `early` where some pages are known before
    the others, then `ready`.
    """

    async def get(self) -> None:
        language = self.get_query_argument("language", self.site.session.first_language)
        if language not in self.site.session.languages:
            raise HTTPError(404, reason="There is no such language")
        stem = self.on_show()
        said: asyncio.Queue[str] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(message: dict[str, object]) -> None:
            loop.call_soon_threadsafe(said.put_nowait, _event(message))
            if message["event"] not in ONGOING:
                loop.call_soon_threadsafe(said.put_nowait, "")

        try:
            waiting = self.site.queue.wait(Make(self.site.session, self.chosen(language), stem), tell)
        except UserError as error:
            tell({"event": "refused", "text": str(error)})
            await self.pass_on(said)
            return
        try:
            await self.pass_on(said)
        finally:
            self.site.queue.leave(waiting)


class Changes(Stream):
    """Says `changed` each time a file changed from which pages are made: at once to a page from before, also one that did not
    listen for a while, as a browser that was asleep or kept it for the way back.
    """

    async def get(self) -> None:
        if len(self.site.watching) >= MOST_WAITING:
            raise HTTPError(503, reason="Too many pages are open")
        said: asyncio.Queue[str] = asyncio.Queue(maxsize=4)
        self.site.watching.add(said)
        known = self.request.headers.get("Last-Event-ID") or self.get_query_argument("as-of", "")
        said.put_nowait(f"id: {self.site.as_of}\n\n" if known == self.site.as_of else self.site.changed)
        try:
            await self.pass_on(said)
        finally:
            self.site.watching.discard(said)


class Kept(BaseModel):
    """What is to be kept, how, and under which name: a choice by its parameters and changed rows, as texts."""

    name: str
    way: Literal["run", "scenario", "rows"] = Field(alias="as")
    parameters: dict[str, str]
    rows: dict[str, str] = {}


class Save(Handler):
    """Keeps a choice as a run, by the very command that the panel shows, its parameters as a scenario, or its changed rows as a folder."""

    async def post(self) -> None:
        if self.request.headers.get("Content-Type", "").split(";")[0] != "application/json":
            raise HTTPError(415, reason="Send application/json")
        try:
            given = Kept.model_validate_json(self.request.body)
        except ValidationError:
            raise HTTPError(
                400, reason="Send name, as (run, scenario or rows), parameters and rows"
            ) from None
        session = self.site.session
        way = {"run": self._run, "scenario": self._scenario, "rows": self._rows}[given.way]
        loop = asyncio.get_running_loop()
        try:
            choice = session.choice(given.parameters, session.first_language, given.rows)
            run.check_name(session.project, given.name)
            told = await loop.run_in_executor(None, self._keep, way, given.name, choice)
        except UserError as error:
            self.refuse(error)
        else:
            await self.finish({"text": told})

    def _keep(self, way: Callable[[str, Choice], str], name: str, choice: Choice) -> str:
        """One after the other: each looks whether its name is free before it takes it."""
        with self.site.keeping:
            return way(name, choice)

    def _run(self, name: str, choice: Choice) -> str:
        session = self.site.session
        if (session.project.reports / name).exists():
            raise UserError(f"There is a run {name} already; choose another name.")
        with self.site.queue.heavy:
            saving = subprocess.Popen(
                [sys.executable, "-m", "analysis", "run", name, *session.options_of(choice)], cwd=session.project.root,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", stdin=subprocess.DEVNULL,
            )  # fmt: skip
            self.site.saving.add(saving)
            try:
                out, problem = saving.communicate()
            finally:
                self.site.saving.discard(saving)
        if saving.returncode:
            raise UserError((problem or out).strip().splitlines()[-1])
        return f"reports/{name}/index.html"

    def _scenario(self, name: str, choice: Choice) -> str:
        project = self.site.session.project
        path = project.scenarios / f"{name}.yaml"
        if path.exists():
            raise UserError(f"There is a scenario {name} already; choose another name.")
        if choice.rows:
            raise UserError(
                "A scenario holds parameters alone; reset the rows that are changed, or save them."
            )
        if not choice.values:
            raise UserError("A scenario differs from the defaults in some parameter; change one first.")
        intent = ", ".join(choice.texts())
        lines = [f"intent: {json.dumps(intent, ensure_ascii=False)}", "parameters:"]
        lines += [f"  {n}: {json.dumps(v, ensure_ascii=False)}" for n, v in choice.values.items()]
        write_atomically(path, "\n".join(lines) + "\n")
        return path.relative_to(project.root).as_posix()

    def _rows(self, name: str, choice: Choice) -> str:
        """A folder for `--data`."""
        project = self.site.session.project
        folder = project.root / WHAT_IF / name
        if folder.exists():
            raise UserError(f"There is a folder {WHAT_IF}/{name} already; choose another name.")
        if not choice.rows:
            raise UserError("No row of the data is changed; change one on a card first.")
        with files.staging(folder.parent, name) as staged:
            for path, content in self.site.session.series.changed(choice.row_texts).items():
                write_atomically(staged / path, content, is_durable=False)
            files.publish(staged, folder)
        return f"{WHAT_IF}/{name} (analysis run {name} --data {WHAT_IF}/{name})"


class Inputs(Handler):
    """What the card of a claim rests on, in the order in which it shows it: the rows that can be changed on it, with their editions."""

    async def get(self) -> None:
        claim_id, stem = self.get_query_argument("claim", ""), self.on_show()
        language = self.get_query_argument("language", self.site.session.first_language)
        loop = asyncio.get_running_loop()
        try:
            choice = self.chosen(language)
            found = await loop.run_in_executor(None, pages.inputs, self.site.session, choice, claim_id, stem)
        except UserError as error:
            self.refuse(error)
            return
        if found is None:
            raise HTTPError(404, reason="There is no such card")
        await self.finish({"inputs": found})


class Static(Handler):
    """The panel's script and style."""

    def get(self, name: str) -> None:
        self.set_header("Content-Type", f"{_TYPES[name]}; charset=utf-8")
        self.write((STATIC / name).read_bytes())


def application(site: Site) -> Application:
    """The addresses that the server knows."""
    shared = {"site": site}
    return Application(
        [
            (r"/", Home, shared),
            (r"/live/events", Events, shared),
            (r"/live/changes", Changes, shared),
            (r"/live/save", Save, shared),
            (r"/live/inputs", Inputs, shared),
            (rf"/live/({'|'.join(_TYPES)})", Static, shared),
            (r"/([\w.-]+\.html)", Pages, shared),
            (r"/.*", Missing, shared),
        ],
        log_function=lambda handler: None,
    )


class Missing(Handler):
    """Any other address."""

    def prepare(self) -> None:
        super().prepare()
        raise HTTPError(404, reason="There is no such page")


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches a server on that host."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def serve(project: Project, name: str, host: str, port: int, ready: Callable[[str, bool], None]) -> None:
    """Serve until Ctrl-C or SIGTERM. `ready` gets the address, and whether the run was made from the files as they are. UserError when the port is taken or the run cannot be shown."""
    with (
        tempfile.TemporaryDirectory(prefix="analysis-live-", ignore_cleanup_errors=True) as folder,
        environment.prepared(project.root),
    ):
        environment.collect_seldom()
        session = Session(project, name, Path(folder))
        try:
            sockets = bind_sockets(port, host, family=socket.AF_UNSPEC)[:1]
        except OSError as error:
            raise UserError(
                f"{host}:{port} cannot be used ({error.strerror}); choose another --port."
            ) from None
        actual = sockets[0].getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        token = "" if is_loopback(host) else secrets.token_urlsafe(24)
        names = [f"{n}:{actual}" for n in ("127.0.0.1", "localhost", "[::1]", shown)]
        site = Site(session, [] if token else names, token)
        address = f"http://{shown}:{actual}/" + (f"?token={token}" if token else "")
        if process.available():
            ahead = [*settings.preload(project.root), "analysis.suite.shell:read_ahead"]
            process.Runner(ahead).start()  # the first change would wait for it
        try:
            asyncio.run(_serve(site, sockets, lambda: ready(address, session.is_current)))
        finally:
            site.close()


async def _serve(site: Site, sockets: Sequence[socket.socket], ready: Callable[[], None]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    server = HTTPServer(
        application(site), max_body_size=MOST_BYTES, max_buffer_size=4 * MOST_BYTES, max_header_size=MOST_BYTES,
        idle_connection_timeout=60, body_timeout=20,
    )  # fmt: skip
    server.add_sockets(list(sockets))
    ready()
    watch = asyncio.create_task(_watch(site))
    await stop.wait()
    watch.cancel()
    server.stop()
    site.close()
    await asyncio.wait_for(server.close_all_connections(), 5)


async def _watch(site: Site) -> None:
    """Look for changed files; pages that are open ask again, also where a job noticed the change first."""
    loop = asyncio.get_running_loop()
    known, told = site.session.generation, ""
    while True:
        await asyncio.sleep(_WATCH_SECONDS)
        problem = ""
        try:
            await loop.run_in_executor(None, site.session.refresh)
        except Exception as error:  # whoever asks for a page next is told
            problem = f"{type(error).__name__}: {error}"
        now = site.session.generation
        is_changed = now != known or problem != told
        known, told = now, problem
        for queue in list(site.watching) if is_changed else ():
            if not queue.full():
                queue.put_nowait(site.changed)
