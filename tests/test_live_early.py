"""Pages that are shown before the notebook that judges has ended are those that are shown after; and nothing old is kept as new."""

from __future__ import annotations

import contextlib
import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analysis.live import pages, rows
from analysis.live import session as session_module
from analysis.live.choice import Choice
from analysis.live.job import ONGOING, Make
from analysis.live.queue import Queue, Work
from analysis.live.session import Session
from analysis.site import record
from analysis.suite.process import Closed
from analysis.suite.project import Project
from tests.command_line import call

SECOND = Path(__file__).parent / "second_report"
ROW = "capacity:storage_growth@2024@eia-2025-12"
JUDGES = "90_scorecard"
PLAIN = Choice({}, "en")
CHOICES = {
    "parameters": [Choice({"additions": "built", "hedge_above": x}, "en") for x in (0.001, 0.4)],
    "rows": [Choice({}, "en", {ROW: x}) for x in ("80", "64")],
}
UNHEARD = [Choice({"blunt_width": x}, "en") for x in (0.001, 0.002)]
"""Of a parameter that the notebook that judges declares, and does not hear."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("early") / "report"
    shutil.copytree(SECOND, folder, ignore=shutil.ignore_patterns("reports", ".cache"))
    path = folder / "notebooks" / f"{JUDGES}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    opening, parameters = [c for c in content["cells"] if c["cell_type"] == "code"][:2]
    opening["source"] = ["from analysis.report.parameters import BluntWidth\n", *opening["source"]]
    parameters["source"] += [
        "\nblunt_width: BluntWidth = 0.10  # width from which evidence could hardly fail"
    ]
    heard = "globals() | {'blunt_width': 0.1}"
    for cell in content["cells"]:
        cell["source"] = [line.replace("globals()", heard) for line in cell["source"]]
    assert heard in json.dumps(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    call(folder, "run", "--quiet", "--no-html")
    return folder


@pytest.fixture
def session(made: Path, tmp_path: Path) -> Iterator[Session]:
    """A served site, in the folder where its fork server looks."""
    with contextlib.chdir(made):
        yield Session(Project(made), "default", tmp_path)


@pytest.fixture
def changeable(session: Session) -> Iterator[Session]:
    """The same, whose notebooks and data may be changed."""
    root = session.project.root
    kept = {p: p.read_bytes() for name in ("notebooks/*.ipynb", "data/series/*") for p in root.glob(name)}
    yield session
    for path, content in kept.items():
        path.write_bytes(content)


def edited(session: Session, stem: str, lines: list[str]) -> None:
    """Add lines to the last cell of a notebook."""
    path = session.project.root / "notebooks" / f"{stem}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    assert content["cells"][-1]["cell_type"] == "code"
    content["cells"][-1]["source"] += ["\n", *lines]
    path.write_text(json.dumps(content), encoding="utf-8")
    session.refresh()


def shown(session: Session, choice: Choice, but: frozenset[str] = frozenset()) -> dict[str, bytes]:
    """Page → its bytes, as a reader who asks now is given them."""
    found = {}
    for stem in {"index", *session.stems} - but:
        state = session.state(choice) or session.early(choice, stem)
        assert state is not None
        found[stem] = pages.page(session, state, stem).content
    return found


def executed(
    session: Session,
    choice: Choice,
    known: Callable[[frozenset[str]], None] = lambda _: None,
    stem: str = "index",
) -> None:
    """Execute, and do all that nobody waits for."""
    session.execute(choice, lambda *_: None, Work(), known, stem)
    while session.settle():
        pass


@pytest.fixture
def plain(session: Session) -> Session:
    executed(session, PLAIN)
    return session


def early_and_last(
    session: Session, choice: Choice, stem: str = "index"
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """What a reader is shown when some pages are known, and when all are."""
    early: dict[str, bytes] = {}

    def known(but: frozenset[str]) -> None:
        assert stem not in but and JUDGES in but
        assert all(session.early(choice, page) is None for page in but)
        early.update(shown(session, choice, but))

    executed(session, choice, known, stem)
    assert session.early(choice, stem) is None
    return early, shown(session, choice)


@pytest.mark.parametrize("kind", CHOICES)
def test_what_is_shown_early_is_what_is_shown_in_the_end(plain: Session, kind: str) -> None:
    learned, *others = CHOICES[kind]
    assert early_and_last(plain, learned)[0] == {}
    for choice in others:
        early, last = early_and_last(plain, choice)
        assert early.keys() == last.keys() - {JUDGES}
        assert [stem for stem in early if early[stem] != last[stem]] == []


@pytest.mark.parametrize("kind", CHOICES)
def test_a_page_on_show_waits_for_what_it_shows_alone(changeable: Session, kind: str) -> None:
    """02 rests on nothing of 01, which is slow; 01 rests on both."""
    edited(changeable, "01_plans", ["import time\n", "time.sleep(2)"])
    executed(changeable, PLAIN)
    learned, other = CHOICES[kind]
    assert early_and_last(changeable, learned, "02_outcome")[0] == {}
    ended, early, moved = list[str](), list[bytes](), list[set[object]]()

    def known(but: frozenset[str]) -> None:
        assert (but, ended) == ({"index", "01_plans", JUDGES}, ["02_outcome"])
        early.append(shown(changeable, other, but)["02_outcome"])
        moved.append(moves(changeable, other, "02_outcome"))

    changeable.execute(other, lambda name, *_: ended.append(name), Work(), known, "02_outcome")
    last = shown(changeable, other)["02_outcome"]
    assert len(ended) == len(changeable.stems)
    assert main(early[0]) == main(last)
    assert (b"So far" in early[0], b"So far" in last) == (True, False)
    assert moved[0] <= moves(changeable, other, "02_outcome")


def main(page: bytes) -> bytes:
    """What of a page the notebook fills."""
    return page[page.index(b"<main") : page.index(b"</main>")]


def moves(session: Session, choice: Choice, stem: str) -> set[object]:
    """The verdicts that are told to have moved."""
    state = session.state(choice) or session.early(choice, stem)
    found = session.moved(state) if state else None
    assert found is not None
    return {(v.claim_id, v.before, v.after) for v in found.verdicts}


def test_nothing_more_is_shown_early_once_a_page_was_not_the_last_one(changeable: Session) -> None:
    """With the second value 01 checks what only 02 had checked: what 02 showed before was not all."""
    taken = (
        "if hedge_above > 0.3:\n"
        "    book.reconcile('storage-existing', built, fits='differs', because='Another.', label='another')"
    )
    edited(changeable, "01_plans", ["import time\n", "time.sleep(1)\n", taken])
    executed(changeable, PLAIN)
    heard: list[list[str]] = []
    for value in (0.001, 0.002, 0.4, 0.003):
        early, last = early_and_last(changeable, Choice({"hedge_above": value}, "en"), "02_outcome")
        heard.append([stem for stem in early if main(early[stem]) != main(last[stem])] if early else ["none"])
    assert heard == [["none"], [], ["02_outcome"], ["none"]]


ALSO = {
    "draws": "from analysis import charts\ncharts.bars({'a': 1.0}, unit='', id='more', title='T', subtitle='S', source='S')",
    "checks": "book.reconcile('planned-total', book['solar-planned'], label='also')",
}


@pytest.mark.parametrize("what", ALSO)
def test_an_overview_that_shows_more_of_the_last_notebook_waits_for_it(
    changeable: Session, what: str
) -> None:
    edited(changeable, JUDGES, [ALSO[what]])
    executed(changeable, PLAIN)
    state = changeable.state(PLAIN)
    assert state is not None and not state.failures and changeable._judges(state) == set()
    heard = [early_and_last(changeable, choice)[0] for choice in CHOICES["parameters"]]
    assert heard == [{}, {}]


def test_nothing_stands_in_for_defaults_that_failed(changeable: Session) -> None:
    edited(changeable, "01_plans", ['assert additions != "planned"'])
    executed(changeable, PLAIN)
    for choice in CHOICES["parameters"]:
        for stem in ("02_outcome", "index"):
            assert early_and_last(changeable, choice, stem)[0] == {}


def test_a_page_made_before_the_defaults_says_later_what_moved(changeable: Session) -> None:
    edited(changeable, "01_plans", ["pass"])  # the run that is served is no longer that of the files
    choice = CHOICES["parameters"][0]
    changeable.execute(choice, lambda *_: None, Work())
    titles = []
    for _ in range(2):
        titles.append(
            b"What moved"
            in shown(changeable, choice)["index"].partition(b'id="live-moved"')[2].partition(b">")[2]
        )
        changeable.execute(PLAIN, lambda *_: None, Work())
    assert titles == [False, True]


def test_states_go_with_their_changed_rows(plain: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST_LAID", 1)
    first, second = CHOICES["rows"]
    for choice in (first, second):
        plain.execute(choice, lambda *_: None, Work())
    assert plain.state(first) is None and plain.state(second) is not None


def test_an_early_state_that_was_overtaken_is_compared_later(plain: Session) -> None:
    first, second = CHOICES["parameters"]
    executed(plain, first)
    work = Work()
    with pytest.raises(Closed):
        plain.execute(second, lambda *_: None, work, lambda _: work.cancel())
    assert plain.early(second, "index") is None
    (kept,) = plain._unconfirmed.values()
    kept.model.record.claims.clear()  # as if other verdicts had been shown
    executed(plain, second)
    heard: list[frozenset[str]] = []
    executed(plain, Choice({"hedge_above": 0.3}, "en"), heard.append)
    assert heard == []


def test_who_waits_while_files_change_is_given_what_they_are_then(changeable: Session) -> None:
    """The pages ask again when they hear that files changed; one that came just after was not told so."""
    queue, has_ended, said = Queue(), threading.Event(), list[object]()
    choice = CHOICES["parameters"][0]

    def tell(event: dict[str, object]) -> None:
        if event["event"] == "progress" and not said:
            edited(changeable, "01_plans", ["print('changed meanwhile')"])
        said.append(event["event"])
        if event["event"] not in ONGOING:
            has_ended.set()

    queue.wait(Make(changeable, choice), tell)
    assert has_ended.wait(60)
    queue.close()
    assert said[-1] == "ready"
    state = changeable.state(choice)
    assert state is not None and "changed meanwhile" in json.dumps(state.variant.notebooks[0].content)


def test_the_inputs_of_a_card_that_came_early_are_its_own(plain: Session) -> None:
    before, choice = CHOICES["rows"]
    executed(plain, before)
    state = plain.state(PLAIN)
    assert state is not None
    claims, early = list(state.model.record.claims), list[object]()

    def known(_: frozenset[str]) -> None:
        early.extend(pages.inputs(plain, choice, claim, "index") for claim in claims)

    executed(plain, choice, known)
    assert early == [pages.inputs(plain, choice, claim, "index") for claim in claims]
    assert early != [pages.inputs(plain, PLAIN, claim, "index") for claim in claims]


def test_nothing_more_is_shown_early_once_the_notebook_judged_otherwise(plain: Session) -> None:
    before, after = CHOICES["parameters"]
    assert early_and_last(plain, before)[0] == {}
    assert [early_and_last(plain, choice)[0] for choice in (*UNHEARD, after)] == [{}, {}, {}]


def test_what_cannot_be_compared_is_not_trusted_and_hinders_nothing(
    plain: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = CHOICES["parameters"]
    plain.execute(first, lambda *_: None, Work())

    def fail(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(record, "judged_here", fail)
    plain.execute(second, lambda *_: None, Work())
    monkeypatch.undo()
    heard: list[frozenset[str]] = []
    executed(plain, Choice({"hedge_above": 0.3}, "en"), heard.append)
    executed(plain, Choice({"hedge_above": 0.2}, "en"), heard.append)
    assert heard == []


def test_who_asks_again_at_once_is_shown_early_too(plain: Session) -> None:
    first, second = CHOICES["parameters"]
    heard: list[frozenset[str]] = []
    for choice in (first, second):
        plain.execute(choice, lambda *_: None, Work(), heard.append)  # nothing is settled between
    assert heard == [{JUDGES}]


def test_nothing_is_shown_early_once_more_before_what_was_shown_is_compared(plain: Session) -> None:
    first, second = CHOICES["parameters"]
    executed(plain, first)

    def spoil(_: frozenset[str]) -> None:
        early = plain.early(second, "index")
        assert early is not None
        early.model.record.claims.clear()  # as if other verdicts had been shown

    plain.execute(second, lambda *_: None, Work(), spoil)
    heard: list[frozenset[str]] = []
    plain.execute(Choice({"hedge_above": 0.3}, "en"), lambda *_: None, Work(), heard.append)
    assert heard == []


def test_readers_hear_of_early_pages_by_their_names_and_then_of_the_end(plain: Session) -> None:
    said: list[dict[str, object]] = []
    executed(plain, CHOICES["parameters"][0])
    end = Make(plain, CHOICES["parameters"][1]).do(said.append)
    assert [s["event"] for s in said].index("early") == len(plain.stems) - 1
    assert [s["but"] for s in said if s["event"] == "early"] == [[f"{JUDGES}.html"]]
    assert end == {"event": "ready"}


@pytest.mark.parametrize("stem", ["index", "02_outcome"])
def test_the_page_on_show_is_made_before_readers_hear_that_it_is_known(plain: Session, stem: str) -> None:
    choice, there = CHOICES["parameters"][1], list[bool]()
    executed(plain, CHOICES["parameters"][0])

    def tell(said: dict[str, object]) -> None:
        if said["event"] == "early":
            state = plain.early(choice, stem)
            assert state is not None
            there.append(stem in state.pages)

    assert Make(plain, choice, stem).do(tell) == {"event": "ready"}
    assert there == [True]


def test_a_page_on_show_that_cannot_be_made_does_not_end_the_rest(
    plain: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    executed(plain, CHOICES["parameters"][0])

    def fail(*_: object) -> None:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(pages, "page", fail)
    said: list[dict[str, object]] = []
    assert Make(plain, CHOICES["parameters"][1]).do(said.append) == {"event": "ready"}
    assert "early" in [s["event"] for s in said]


def test_garbage_is_looked_for_when_nobody_waits_and_once_for_a_change(
    plain: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    monkeypatch.setattr(session_module.gc, "collect", lambda: looks.append("look"))
    plain.execute(CHOICES["parameters"][0], lambda *_: None, Work())
    assert looks == []
    for _ in range(2):
        while plain.settle():
            pass
        assert looks == ["look"]


def test_readers_hear_of_each_notebook_of_the_defaults_too(changeable: Session) -> None:
    edited(changeable, "01_plans", ["pass"])
    said: list[dict[str, object]] = []
    Make(changeable, PLAIN).do(said.append)
    assert [s["done"] for s in said if s["event"] == "progress"] == [1, 2, 3]


@pytest.mark.parametrize("what", ["fails", "judges nothing"])
def test_nothing_is_shown_early(changeable: Session, what: str) -> None:
    """Where a notebook failed, or the last one does more than judge."""
    stem, source = ("01_plans", 'assert additions != "built"') if what == "fails" else (JUDGES, "")
    path = changeable.project.root / "notebooks" / f"{stem}.ipynb"
    content = json.loads(path.read_text("utf-8"))
    for cell in [c for c in content["cells"] if c["cell_type"] == "code"][2:]:
        cell["source"] = source
    path.write_text(json.dumps(content), encoding="utf-8")
    changeable.refresh()
    heard: list[frozenset[str]] = []
    for choice in (PLAIN, *CHOICES["parameters"]):
        executed(changeable, choice, heard.append)
    assert heard == []


def test_what_was_computed_from_data_that_changed_meanwhile_is_not_kept(changeable: Session) -> None:
    """A notebook that was running when a row changed hands nothing to those who ask for the new row."""
    edited(changeable, "02_outcome", ["import time\n", "time.sleep(3)"])
    path = changeable.project.data / "series" / "capacity.csv"
    choice, changed = CHOICES["parameters"][0], list[str]()

    def change(name: str, *_: object) -> None:
        if name == "01_plans" and not changed:
            changed.append(name)
            text = path.read_text("utf-8")
            row = next(line for line in text.splitlines() if "built_storage" in line and ",2024," in line)
            path.write_text(text.replace(row, row.replace("10.3", "10.9", 1)), encoding="utf-8")
            assert changeable.refresh()

    changeable.execute(PLAIN, lambda *_: None, Work())
    with pytest.raises(Closed):
        changeable.execute(choice, change, Work())
    while changeable.settle():
        pass
    ends: dict[str, str] = {}
    changeable.execute(choice, lambda name, status, _: ends.update({name: status}), Work())
    assert ends["02_outcome"] == "ok", "computed anew, not taken from the cache"
