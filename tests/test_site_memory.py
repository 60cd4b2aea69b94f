"""Pages made with a memory of other pages are, byte for byte, those made without one."""

from __future__ import annotations

import copy
import json
import pickle
import random
from pathlib import Path

import pytest

from analysis import site
from analysis.mime import FIGURE, ROWS
from analysis.report import config
from analysis.report.rows import VERDICTS
from analysis.site import assemble, frame
from analysis.site.memory import KEPT, Memory, Noting
from analysis.site.record import Record
from analysis.site.source import Manifest, Notebook, Run, Variant
from analysis.suite import document
from analysis.suite.cache import Cache
from analysis.suite.inputs import Inputs
from analysis.suite.project import Project
from tests import site_sample

ROOT = Path(__file__).parents[1]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run's folder with the project's data."""
    folder = tmp_path_factory.mktemp("run")
    (folder / "inputs").mkdir()
    (folder / "inputs" / "data").symlink_to(ROOT / "data")
    return folder


def pages(run: Path, notebooks: dict[str, document.Document], memory: Memory) -> dict[str, str]:
    """Every page of these notebooks."""
    report = config.read(ROOT, "sample")
    read = tuple(Notebook(s, c, document.sha256(document.to_bytes(c))) for s, c in notebooks.items())
    variant = Variant("en", "", read, report, memory)
    made = assemble.model(Run(run, (variant,), Manifest("sample"), report), variant)
    texts = {stem: frame.finished(assemble.text(made, stem), memory, stem) for stem in ("index", *notebooks)}
    return {**texts, "reviews": json.dumps(made.found)}


def changed(notebooks: dict[str, document.Document], chance: random.Random) -> dict[str, document.Document]:
    """The notebooks with some verdicts, checks, charts and passages other than they were."""
    found = copy.deepcopy(notebooks)
    for content in chance.sample(list(found.values()), 3):
        cell = chance.choice([c for c in content["cells"] if c["cell_type"] == "markdown"])
        cell["source"] += (
            f"\n\n## Part {chance.random()}\n\nMore of 余{chr(chance.randrange(0x4E00, 0x5000))}."
        )
        for _, cell in document.code_cells(content):
            for output in cell["outputs"]:
                figure = output.get("data", {}).get(FIGURE)
                if figure and chance.random() < 0.3:
                    figure["title"] += " once more"
    for content in found.values():
        for _, cell in document.code_cells(content):
            for output in cell["outputs"]:
                bundle = output.get("data", {}).get(ROWS) or {"table": "", "rows": []}
                for row in bundle["rows"]:
                    if bundle["table"] == "claims" and chance.random() < 0.02:
                        row["verdict"] = chance.choice(VERDICTS)
                    elif bundle["table"] == "claims" and chance.random() < 0.02:
                        row["repeats"] = chance.choice(bundle["rows"])["claim_id"]
                    elif bundle["table"] == "checks" and chance.random() < 0.02:
                        row["arithmetic"] = f"{chance.random():.3f} × 2"
    return found


@pytest.mark.deep
def test_pages_are_the_same_with_a_memory_of_other_states(run: Path) -> None:
    plain = {path.stem: document.read(path) for path in PATHS}
    states = [plain, *(changed(plain, random.Random(seed)) for seed in range(2))]
    memory = Memory()
    built = [pages(run, state, memory) for state in [*states, plain]]
    without = [pages(run, state, Memory()) for state in states]
    assert built == [*without, without[0]]
    assert built[0] != built[1]


def test_only_the_page_of_a_changed_notebook_is_made_again(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analysis.site import page

    plain = {path.stem: document.read(path) for path in PATHS}
    memory, made = Memory(), list[str]()
    pages(run, plain, memory)
    build = page._Builder.page
    monkeypatch.setattr(page._Builder, "page", lambda self: (made.append(self.notebook.stem), build(self))[1])
    other = copy.deepcopy(plain)
    other[PATHS[2].stem]["cells"][-1]["source"] += "\n"
    pages(run, other, memory)
    assert made == [PATHS[2].stem]


def test_pages_of_a_run_are_the_same_with_what_an_earlier_one_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache", Inputs(Project(tmp_path), {}))
    folder = site_sample.make(tmp_path / "run")

    def built(kept: Cache | None) -> dict[str, bytes]:
        out = tmp_path / f"out-{len(list(tmp_path.iterdir()))}"
        site.build(folder, output=out, cache=kept)
        return {path.name: path.read_bytes() for path in out.iterdir()}

    plain = built(None)
    assert plain == built(cache) == built(cache)
    entries = list((tmp_path / "cache").iterdir())
    assert len(entries) == 2, "one for each language"
    path = next((folder / "notebooks").glob("*.ipynb"))
    path.write_text(path.read_text(encoding="utf-8").replace("## ", "## Other "), encoding="utf-8")
    assert plain != built(None) == built(cache)
    for content in (b"", pickle.dumps([]), b"\x80\x05garbage"):
        for entry in entries:
            cache.put(entry.name, content)
        assert built(None) == built(cache)


def test_a_memory_keeps_the_last_of_each_name() -> None:
    memory = Memory()
    for number in range(KEPT + 1):
        memory.made("x", (number,), lambda n=number: [n])  # type: ignore[misc]
    kept = [memory.made("x", (number,), lambda: "anew") for number in range(KEPT, 0, -1)]
    assert kept == [[n] for n in range(KEPT, 0, -1)]
    assert memory.made("x", (0,), lambda: "anew") == "anew"


def test_what_is_looked_at_in_a_record_decides() -> None:
    memory = Memory()

    def record(**swept: str) -> Record:
        return Record({}, {}, swept)  # type: ignore[arg-type]

    def made(of: Record) -> str:
        return memory.made_of("x", (), of, lambda r: (f"{r.swept.get('a')}, {'b' in r.swept}", True))

    assert made(record(a="1", c="2")) == "1, False"
    assert made(record(a="1", c="3")) == "1, False"
    assert made(record(a="2")) == "2, False"
    assert made(record(a="2", b="1")) == "2, True"
    assert made(record(b="1")) == "None, True"


def test_going_through_a_mapping_is_looking_at_all_of_it() -> None:
    seen: dict[tuple[str, object], object] = {}
    assert sorted(Noting("m", {"a": 1, "b": 2}, seen)) == ["a", "b"]  # type: ignore[arg-type]
    assert list(seen.values()) == [[("a", 1), ("b", 2)]]


def test_an_article_set_in_type_by_itself_is_what_the_whole_page_would_have_made_of_it(run: Path) -> None:
    notebooks = {path.stem: document.read(path) for path in PATHS[:2]}
    report = config.read(ROOT, "sample")
    read = tuple(Notebook(stem, content) for stem, content in notebooks.items())
    variant = Variant("en", "", read, report, Memory())
    made = assemble.model(Run(run, (variant,), Manifest("sample"), report), variant)
    for stem in notebooks:
        text = assemble.text(made, stem)
        before, article, after = text.split(frame.SET)
        assert "<h1>" in article and "”" in article and "\u2212" in article
        assert frame.finished(text) == frame.finished(before + article + after), "set once, or as a whole"
