"""The server of a served site, asked without a browser: what it says as it goes, and what it keeps."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from analysis.errors import UserError
from analysis.live import server
from analysis.live.queue import Work
from analysis.live.session import Session
from analysis.suite.project import Project
from tests.command_line import call

SECOND = Path(__file__).parent / "second_report"


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("served") / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    call(folder, "run", "--quiet", "--no-html")
    shutil.copytree(folder, folder.parent / "pristine", ignore=shutil.ignore_patterns(".cache"))
    return Session(Project(folder), "latest", tmp_path_factory.mktemp("place"))


def asked(session: Session, ask: Callable[[server.Site, str], Awaitable[Any]]) -> Any:
    """What `ask` makes of a server of the session, which it gets with its address."""

    async def served() -> Any:
        site = server.Site(session, [], "")
        sockets = bind_sockets(0, "127.0.0.1", family=socket.AF_INET)
        http = HTTPServer(server.application(site))
        http.add_sockets(sockets)
        try:
            return await ask(site, f"http://127.0.0.1:{sockets[0].getsockname()[1]}/")
        finally:
            http.stop()
            await http.close_all_connections()
            site.close()

    # In a thread of its own: a browser that another test has open keeps its loop in this one.
    with contextlib.chdir(session.project.root), ThreadPoolExecutor(1) as apart:
        return apart.submit(lambda: asyncio.run(asyncio.wait_for(served(), 60))).result()


@contextlib.asynccontextmanager
async def listening(address: str, *headers: str) -> AsyncIterator[asyncio.StreamReader]:
    """The body of an answer that goes on, as it comes."""
    host, _, path = address.removeprefix("http://").partition("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write("\r\n".join([f"GET /{path} HTTP/1.0", f"Host: {host}", *headers, "", ""]).encode())
    try:
        yield reader
    finally:
        writer.close()


@contextlib.contextmanager
def failing(session: Session, value: str) -> Iterator[None]:
    """The first notebook fails where additions have that value."""
    path = session.project.root / "notebooks" / "01_plans.ipynb"
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    content["cells"][-1]["source"] = [f"assert additions != {value!r}"]
    path.write_text(json.dumps(content), encoding="utf-8")
    try:
        yield
    finally:
        path.write_text(before, encoding="utf-8")
        session.refresh()


async def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("query", "last"),
    [("", 'event: ready\ndata: {"event": "ready"}'), ("?p.nothing=1", "event: refused\ndata: ")],
)
def test_events_end_with_how_it_went(session: Session, query: str, last: str) -> None:
    async def ask(site: server.Site, address: str) -> str:
        answer = await AsyncHTTPClient().fetch(f"{address}live/events{query}", request_timeout=60)
        assert answer.headers["Content-Type"] == "text/event-stream"
        return answer.body.decode()

    told = asked(session, ask)
    assert told.endswith("\n\n") and last in told.split("\n\n")[-2]


def test_who_leaves_is_waited_for_no_longer(session: Session) -> None:
    async def ask(site: server.Site, address: str) -> None:
        with site.queue.heavy:  # nothing is done meanwhile
            async with listening(f"{address}live/events"):
                await until(lambda: len(site.queue._waiting) == 1)
            await until(lambda: not site.queue._waiting)

    asked(session, ask)


def test_changes_are_told_with_a_sign_of_life_between(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_BEAT_SECONDS", 0.05)

    async def ask(site: server.Site, address: str) -> None:
        async with listening(f"{address}live/changes") as told:
            await told.readuntil(b"text/event-stream")
            await told.readuntil(b": still there\n\n")
            for queue in site.watching:
                queue.put_nowait("event: changed\ndata: {}\n\n")
            await told.readuntil(b"event: changed\ndata: {}\n\n")
        await until(lambda: not site.watching)

    asked(session, ask)


GIVEN = {"name": "kept", "as": "scenario", "parameters": {"additions": "built"}}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (GIVEN, 200),
        (GIVEN, 400),  # the name is taken now
        ({**GIVEN, "name": 1}, 400),
        ({**GIVEN, "as": "file"}, 400),
        ({**GIVEN, "as": ["run"]}, 400),
        ({**GIVEN, "parameters": {"additions": 1}}, 400),
        ({**GIVEN, "rows": None}, 400),
        ({**GIVEN, "rows": {"a": 1}}, 400),
        ({"as": "scenario", "parameters": {}}, 400),
        ([], 400),
        (b"[" * 60_000, 400),
        ("\ud800", 400),
        (b"\xff", 400),
    ],
)  # fmt: skip
def test_only_what_has_the_shape_of_a_choice_is_kept(session: Session, body: object, status: int) -> None:
    async def ask(site: server.Site, address: str) -> Any:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = {"Content-Type": "application/json"}
        request = HTTPRequest(f"{address}live/save", method="POST", body=raw, headers=kind)
        return await AsyncHTTPClient().fetch(request, raise_error=False)

    answer = asked(session, ask)
    assert answer.code == status
    if answer.code == 400 and body is not GIVEN:
        assert answer.body == b"Send name, as (run, scenario or rows), parameters and rows\n"


def test_a_change_that_a_job_noticed_first_is_told_too(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_WATCH_SECONDS", 0.2)
    path = session.project.root / "notebooks" / "02_outcome.ipynb"

    async def ask(site: server.Site, address: str) -> None:
        watch = asyncio.create_task(server._watch(site))
        async with listening(f"{address}live/changes?as-of={site.as_of}") as told:
            await told.readuntil(f"\r\n\r\nid: {site.as_of}\n\n".encode())
            path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
            assert site.session.refresh()
            await asyncio.wait_for(told.readuntil(site.changed.encode()), 10)
        watch.cancel()

    asked(session, ask)


def test_a_page_from_before_a_change_is_told_as_soon_as_it_listens(session: Session) -> None:
    """One that was made just before, one that comes back, one that another server made."""
    path = session.project.root / "notebooks" / "02_outcome.ipynb"

    async def ask(site: server.Site, address: str) -> list[bool]:
        client = AsyncHTTPClient()
        page = (await client.fetch(f"{address}02_outcome.html", request_timeout=60)).body.decode()
        (before,) = re.findall(r'data-state="\w+" data-as-of="([^"]+)"', page)
        other = server.Site(site.session, [], "")
        other.close()
        found = []
        for heard, now in ((before, True), ("", True), (other.as_of, True), (before, False)):
            if not now:
                path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
                assert site.session.refresh()
            async with listening(f"{address}live/changes?as-of={heard}") as told:
                await told.readuntil(b"\r\n\r\n")
                found.append((await told.readuntil(b"\n\n")).decode() == site.changed)
            async with listening(
                f"{address}live/changes?as-of={before}", f"Last-Event-ID: {site.as_of}"
            ) as told:
                await told.readuntil(b"\r\n\r\n")
                assert await told.readuntil(b"\n\n") == f"id: {site.as_of}\n\n".encode()
        return found

    assert asked(session, ask) == [False, True, True, True]


def test_a_page_of_failed_defaults_under_another_address_asks_for_its_own(session: Session) -> None:
    """It is no page of that choice: the panel has to ask for one."""

    async def ask(site: server.Site, address: str) -> list[tuple[str, bool]]:
        client = AsyncHTTPClient()
        await client.fetch(f"{address}live/events", request_timeout=60)
        found = []
        for query in ("", "?p.additions=built"):
            page = await client.fetch(f"{address}02_outcome.html{query}", request_timeout=60)
            found.append((page.headers["X-State"], b'data-state="failed"' in page.body))
        return found

    with failing(session, "planned"):
        assert asked(session, ask) == [("ready", True), ("pending", False)]


def test_a_page_says_whether_it_is_that_of_the_choice(session: Session) -> None:
    given = [{"additions": "built", "hedge_above": x} for x in ("0.001", "0.4")]

    async def ask(site: server.Site, address: str) -> list[str]:
        client, found, loop = AsyncHTTPClient(), list[str](), asyncio.get_running_loop()

        async def look(query: str) -> None:
            page = await client.fetch(f"{address}02_outcome.html{query}", request_timeout=60)
            state = re.search(rb'data-state="(\w+)"', page.body)
            assert state is not None
            found.append(f"{page.headers['X-State']} {state[1].decode()}")

        def execute(texts: dict[str, str], then: Callable[[object], None] = lambda _: None) -> None:
            choice = site.session.choice(texts, "en")
            site.session.execute(choice, lambda *_: None, Work(), then, "02_outcome")
            while site.session.settle():
                pass

        def early(_: object) -> None:
            asyncio.run_coroutine_threadsafe(look(query), loop).result(20)

        query = "?" + "&".join(f"p.{name}={value}" for name, value in given[1].items())
        await look("")
        await look(query)
        await loop.run_in_executor(None, execute, given[0])
        await loop.run_in_executor(None, execute, given[1], early)
        await look(query)
        return found

    assert asked(session, ask) == ["ready ready", "pending pending", "early pending", "ready ready"]


async def answered(address: str, **headers: str) -> tuple[int, str]:
    """Status and body of what is answered, whatever it is."""
    request = HTTPRequest(address, headers=headers, request_timeout=60)
    answer = await AsyncHTTPClient().fetch(request, raise_error=False)
    return answer.code, answer.body.decode()


def test_the_page_of_a_notebook_that_could_not_run_says_why(session: Session) -> None:
    async def ask(site: server.Site, address: str) -> list[tuple[int, str]]:
        await answered(f"{address}live/events?p.additions=built")
        there = f"{address}90_scorecard.html?p.additions=built"
        whole = f"{address}index.html?p.additions=built"
        return [
            await answered(there),
            await answered(there, **{"Sec-Fetch-Mode": "navigate"}),
            await answered(whole),
        ]

    with failing(session, "built"):
        (fetched, text), (visited, page), (of_whole, _) = asked(session, ask)
    assert (fetched, visited, of_whole) == (400, 400, 200)
    assert (
        text.startswith("90_scorecard: not run: needs ") and "not run: needs" in page and "index.html" in page
    )


BROKEN: dict[str, Callable[[Path], object]] = {
    "a notebook that is none": lambda root: (root / "notebooks/02_outcome.ipynb").write_text("{"),
    "a default that is not allowed": lambda root: (path := root / "notebooks/01_plans.ipynb").write_text(
        path.read_text(encoding="utf-8").replace("hedge_above: HedgeShare = 0.25", "hedge_above: HedgeShare = 7"), encoding="utf-8"
    ),
    "no report.toml": lambda root: (root / "report.toml").unlink(),
    "no data": lambda root: (root / "data").rename(root / "elsewhere"),
}  # fmt: skip


@pytest.mark.parametrize("how", BROKEN)
def test_a_project_that_cannot_be_used_is_said_to_who_loads_a_page_and_mends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, session: Session, how: str
) -> None:
    """What is there from before is never shown as if it were of now; the watch goes on."""
    monkeypatch.setattr(server, "_WATCH_SECONDS", 0.1)
    root, pristine = tmp_path / "report", session.project.root.parent / "pristine"
    shutil.copytree(pristine, root)
    own = Session(Project(root), "latest", tmp_path / "place")

    async def ask(site: server.Site, address: str) -> list[str]:
        watch = asyncio.create_task(server._watch(site))
        client, found = AsyncHTTPClient(), []

        async def look() -> None:
            page = await client.fetch(f"{address}02_outcome.html", request_timeout=60, raise_error=False)
            events = await client.fetch(f"{address}live/events", request_timeout=60)
            found.append(
                f"{page.headers.get('X-State', page.code)}, {events.body.decode().split('event: ')[-1].splitlines()[0]}"
            )

        await look()
        for change in (BROKEN[how], mended):
            async with listening(f"{address}live/changes?as-of={site.as_of}") as told:
                await told.readuntil(b"\r\n\r\nid: ")
                change(root)
                await asyncio.wait_for(told.readuntil(b"event: changed"), 20)
            await look()
        watch.cancel()
        return found

    def mended(root: Path) -> None:
        shutil.copytree(pristine, root, dirs_exist_ok=True, ignore=shutil.ignore_patterns("reports"))

    meanwhile = "400" if how == "no data" else "pending"  # nothing is left that could be shown
    assert asked(own, ask) == ["ready, ready", f"{meanwhile}, refused", "ready, ready"]


@pytest.mark.parametrize("name", [".#capacity.csv", "nowhere.csv", "loop.csv"])
def test_what_an_editor_keeps_beside_a_table_hinders_nothing(
    tmp_path: Path, session: Session, name: str
) -> None:
    root = tmp_path / "report"
    shutil.copytree(session.project.root, root, ignore=shutil.ignore_patterns(".cache"))
    own = Session(Project(root), "latest", tmp_path / "place")
    link = root / "data" / "series" / name
    link.symlink_to(name if name == "loop.csv" else "somebody@somewhere.1")
    try:
        own.refresh()
    except UserError as error:
        assert name in str(error)
    link.unlink()
    assert own.refresh() and own.problem is None


@pytest.mark.parametrize("origin", ["http://[", "null", "http://example.org"])
def test_an_origin_that_is_not_ours_is_refused(session: Session, origin: str) -> None:
    async def ask(site: server.Site, address: str) -> Any:
        return await answered(f"{address}index.html", Origin=origin)

    code, text = asked(session, ask)
    assert (code, text) == (403, "Asked by another site\n")


def test_a_broken_table_is_named_as_the_reader_knows_it(tmp_path: Path, session: Session) -> None:
    """Not by the copy that the server holds."""
    root = tmp_path / "report"
    shutil.copytree(session.project.root.parent / "pristine", root)
    path = root / "data" / "report" / "claims.csv"
    path.write_text(path.read_text(encoding="utf-8")[:300], encoding="utf-8")
    own = Session(Project(root), "latest", tmp_path / "place")

    async def ask(site: server.Site, address: str) -> tuple[int, str]:
        return await answered(f"{address}02_outcome.html")

    code, text = asked(own, ask)
    assert code == 400 and "data/report/claims.csv" in text and str(own.folder) not in text, text


def test_a_fault_of_ours_in_the_watch_does_not_end_it(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "_WATCH_SECONDS", 0.02)
    looks: list[int] = []

    def refresh() -> bool:
        looks.append(1)
        raise KeyError("a fault of ours")

    async def ask(site: server.Site, address: str) -> None:
        monkeypatch.setattr(site.session, "refresh", refresh)
        watch = asyncio.create_task(server._watch(site))
        await until(lambda: len(looks) > 3)
        watch.cancel()

    asked(session, ask)
