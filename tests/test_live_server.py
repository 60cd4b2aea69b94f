"""The server of a served site, asked without a browser: what it says as it goes, and what it keeps."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

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
    path = session.project.root / "notebooks" / "01_plans.ipynb"
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    content["cells"][-1]["source"] = ['assert additions != "planned"']
    path.write_text(json.dumps(content), encoding="utf-8")

    async def ask(site: server.Site, address: str) -> list[tuple[str, bool]]:
        client = AsyncHTTPClient()
        await client.fetch(f"{address}live/events", request_timeout=60)
        found = []
        for query in ("", "?p.additions=built"):
            page = await client.fetch(f"{address}02_outcome.html{query}", request_timeout=60)
            found.append((page.headers["X-State"], b'data-state="failed"' in page.body))
        return found

    try:
        assert asked(session, ask) == [("ready", True), ("pending", False)]
    finally:
        path.write_text(before, encoding="utf-8")
        session.refresh()


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
