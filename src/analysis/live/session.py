"""The states of a site: for each choice of values, in each language, executed notebooks and the pages made from them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import threading
from collections import OrderedDict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from analysis.errors import UserError
from analysis.live import controls
from analysis.live.choice import Choice
from analysis.live.controls import LANGUAGE
from analysis.live.queue import Work
from analysis.report import config, swept
from analysis.report.datapackage import overlay as overlays
from analysis.report.datapackage import what_if
from analysis.report.robustness import published
from analysis.site import assemble, differences, sides, source
from analysis.site.memory import Memory
from analysis.site.source import Drawing, Manifest, Notebook, Run, Variant
from analysis.suite import collect, document, manifest, params
from analysis.suite.cache import Cache, Key
from analysis.suite.execute import Failure, runner_for
from analysis.suite.inputs import PACKAGE, signature
from analysis.suite.params import Catalogue
from analysis.suite.process import Closed
from analysis.suite.progress import Silent, Status
from analysis.suite.project import Project
from analysis.suite.run import Settings, StagedRun, cache_of
from analysis.suite.watch import Seen
from analysis.writing import write_atomically

MOST_STATES = 24
_ROWS = "rows"
CLAIMS = "claims"
"""The table of verdicts that a notebook hands out."""
MOST_LAID = 8
"""Data with changed rows, in a folder each."""
MOST_REMEMBERED = 64
"""Executed notebooks in memory."""


@dataclass
class State:
    """A choice, executed. `failures`: notebooks that ended in an error or were not run; `page`: made so far, by name."""

    choice: Choice
    variant: Variant
    run: Run
    failures: Sequence[Failure] = ()
    but: frozenset[str] = frozenset()
    """Notebooks that are still to come, of which the former execution stands in the menu."""
    pages: dict[str, bytes] = field(default_factory=dict)

    @cached_property
    def model(self) -> assemble.Model:
        """Its pages before they are written."""
        return assemble.model(self.run, self.variant)

    @cached_property
    def side(self) -> sides.Side:
        """What a comparison needs to know of it."""
        record = self.model.record
        claims, checks = list(record.claims.values()), list(record.checks.values())
        return sides.Side(self.choice.key, claims, checks, {}, {}, {}, {}, {}, {})


class Session:
    """A project and a run of it, and the states that were asked for.

    name: the run, by name or path, or `latest`. folder: an empty one, for what is executed. UserError when the run cannot
    be shown.
    """

    def __init__(self, project: Project, name: str, folder: Path) -> None:
        self.folder = folder
        self.shown = manifest.find_run(project, name).resolve()  # `latest` may lead elsewhere soon
        self._mark = signature(self.shown / manifest.NAME)
        self._facts = manifest.read(self.shown)
        if self._facts.get("own_data"):
            raise UserError(
                f"{self.shown.name} has rows of one's own laid over the project's data, which cannot be served: "
                "serve a run without --data by its name (list them: analysis runs)."
            )
        self._lock = threading.RLock()
        self._states: OrderedDict[str, State] = OrderedDict()
        self._package = _signatures(PACKAGE, "*.py")
        self._notebooks = _signatures(project.root / "notebooks", "*.ipynb")
        self._early: State | None = None
        self._agreed: set[str] = set()
        self._disagreed = False
        self._seconds: dict[str, float] = {}
        self._generation = 0
        self._problem: UserError | None = None
        self._read_before: OrderedDict[str, Notebook] = OrderedDict()
        self._read(project)

    def _read(self, project: Project) -> None:
        """Take the project as it is now. UserError when something in it is wrong."""
        self.project, self.cache = project, Remembering(project)
        notebooks = project.notebooks
        self.catalogue = Catalogue.of(notebooks)
        self.stems = [n.stem for n in notebooks]
        self.report = config.read(project.root, project.name)
        self.groups = controls.groups(self.catalogue, published(project.data), swept.published(project.data))
        self.first_language = self.report.languages[0]
        self.memories = {x: Memory() for x in self.report.languages}
        facts = self._facts
        self.is_current = (
            not facts.get("only")
            and facts.get("ok", False)
            and self._is_there
            and not manifest.input_differences(self.shown, project)
        )
        given = {n: v for n, v in facts.get("parameters", {}).items() if n in self.catalogue.names}
        self.initial = {n: v for n, v in self.catalogue.differing(given).items() if n != LANGUAGE}
        self._manifest = Manifest(project.name, versions=manifest.versions(project.root))
        kept = self.folder / "inputs" / "data"
        shutil.rmtree(kept, ignore_errors=True)
        shutil.copytree(project.data, kept, ignore=_all_but_tables)
        self._series: what_if.Series | None = None
        shutil.rmtree(self.folder / _ROWS, ignore_errors=True)
        self._laid: OrderedDict[tuple[str, ...], Laid] = OrderedDict()

    def refresh(self) -> bool:
        """Take the project anew when a file of it changed; gives whether one did. UserError when it cannot be used as it is."""
        with self._lock:
            notebooks = _signatures(self.project.root / "notebooks", "*.ipynb")
            if self.cache.is_as_before() and notebooks == self._notebooks:
                if self._problem is not None:
                    raise self._problem
                return False
            self._notebooks, self._problem = notebooks, None
            self._generation += 1
            self._states.clear()
            self._forget_early()
            # What still runs keeps the cache, and so the state of the files, with which it began.
            self.cache = Remembering(self.project)
            try:
                if _signatures(PACKAGE, "*.py") != self._package:
                    raise UserError("The package itself changed; end the server and start it again.")
                self._read(Project(self.project.root))
            except UserError as error:
                self._problem = error
                raise
            return True

    @property
    def _is_there(self) -> bool:
        """Whether the run is still the one that was there at the start: another may have taken its place, or its name be gone."""
        return signature(self.shown / manifest.NAME) == self._mark

    @property
    def languages(self) -> list[str]:
        """The languages of the pages, the first one without its name in theirs."""
        return list(self.report.languages) if self.catalogue.users(LANGUAGE) else [self.first_language]

    @property
    def series(self) -> what_if.Series:
        """The rows of the data that can be others for the sake of argument. DataError for a file that cannot be read."""
        if self._series is None:
            self._series = what_if.Series.of(self.project.data)
        return self._series

    def options_of(self, choice: Choice) -> list[str]:
        """What `analysis run` is told to make the pages of a choice."""
        values = (x for text in choice.texts() for x in ("-p", text))
        return [*self.options, *values, *(x for text in choice.row_texts for x in ("--what-if", text))]

    @property
    def options(self) -> list[str]:
        """What `analysis run` is told beside the parameters, so that it makes the pages that are served."""
        return ["--language", "both"] if len(self.languages) > 1 else []

    def choice(
        self, texts: Mapping[str, str], language: str, rows: Mapping[str, str] | None = None
    ) -> Choice:
        """The choice that name → text means, and row → value or edition, validated as on the command line. UserError for anything else."""
        if LANGUAGE in texts:
            raise UserError(
                f"{LANGUAGE} is not set here: each page is in one language and leads to the other."
            )
        given = tuple(f"{name}={text}" for name, text in texts.items())
        values = params.resolve(self.project, self.catalogue, given)
        choice = Choice(self.catalogue.differing(values), language, dict(sorted((rows or {}).items())))
        if choice.rows:
            self.series.changed(choice.row_texts)
        return choice

    def stem(self, page: str) -> tuple[str, str]:
        """Stem and language of a page's name. KeyError when there is no such page."""
        for language in self.languages:
            suffix = self.suffix(language) + ".html"
            stem = page.removesuffix(suffix)
            if page.endswith(suffix) and stem in ("index", *self.stems):
                return stem, language
        raise KeyError(page)

    def suffix(self, language: str) -> str:
        """What stands in the names of pages of a language before `.html`."""
        return "" if language == self.first_language else f".{language}"

    def state(self, choice: Choice) -> State | None:
        """The state of a choice; None while it has not been executed."""
        with self._lock:
            found = self._states.get(choice.key) or self._of_run(choice)
            if found is not None:
                self._states[choice.key] = found
                self._states.move_to_end(choice.key)
            return found

    def early(self, choice: Choice, stem: str) -> State | None:
        """The state of a choice whose last notebooks still run, where the page of that notebook, or the overview, shows nothing of
        these. Its verdicts are given here, as a scorecard by the standard gives them: only for what this one was seen to agree in.
        """
        with self._lock:
            found = self._early
            is_his = found is not None and found.choice.key == choice.key and stem not in found.but
            return found if is_his and self._is_trusted(choice) else None

    def _is_trusted(self, choice: Choice) -> bool:
        """Whether verdicts that were given here for changes of the same kinds were those of the notebook that judges."""
        return not self._disagreed and _kinds(choice) <= self._agreed

    def _learn(self, early: State | None, state: State) -> None:
        """Compare the verdicts given early with those of the notebook that judges: once they differ, none is shown early again."""
        if early is None or self._disagreed or early.choice.key != state.choice.key:
            return
        if "model" not in vars(early) and self._is_trusted(state.choice):  # nobody saw it
            return
        one, other = (list(s.model.record.claims.values()) for s in (early, state))
        if state.failures or one != other:
            self._disagreed = True
        else:
            self._agreed |= _kinds(state.choice)

    def _forget_early(self) -> None:
        """What was learned of the notebooks as they were."""
        self._early, self._agreed, self._disagreed = None, set(), False

    def some(self, language: str) -> State | None:
        """A state to look at while another is executed: the defaults, else any of that language."""
        with self._lock:
            plain = self.state(Choice({}, language)) or self.state(Choice(self.initial, language))
            known = [s for s in self._states.values() if s.choice.language == language]
            return plain or (known[-1] if known else None)

    def _of_run(self, choice: Choice) -> State | None:
        """The state that the run itself is, while nothing that it was made from has changed."""
        if not self.is_current or choice.rows or dict(choice.values) != self.initial or not self._is_there:
            return None
        notebooks = self.shown / "notebooks"
        for folder in (notebooks, notebooks / choice.language):
            read = self._notebooks_of(folder)
            if read and self._language_of(read) == choice.language:
                return self._made(choice, read)
        return None

    def _language_of(self, notebooks: Sequence[Notebook]) -> str:
        given = [p.value for n in notebooks for p in n.parameters if p.name == LANGUAGE]
        return str(given[0]) if given else self.first_language

    def _notebooks_of(self, folder: Path) -> tuple[Notebook, ...]:
        """The executed notebooks of a folder; those of the same bytes as before are the same objects."""
        return tuple(map(self._notebook, sorted(folder.glob("*.ipynb"))))

    def _notebook(self, path: Path) -> Notebook:
        content = path.read_bytes()
        name = f"{path.stem} {document.sha256(content)}"
        found = self._read_before.get(name) or source.notebook(path)
        self._read_before[name] = found
        self._read_before.move_to_end(name)
        while len(self._read_before) > MOST_REMEMBERED:
            self._read_before.popitem(last=False)
        return found

    def _made(
        self,
        choice: Choice,
        read: tuple[Notebook, ...],
        failures: Sequence[Failure] = (),
        laid: Laid | None = None,
        but: frozenset[str] = frozenset(),
    ) -> State:
        variants = {
            x: Variant(x, self.suffix(x), read, self.report, self.memories[x], bool(but))
            for x in self.languages
        }
        left_out = {f.notebook: "skipped" for f in failures if not f.cell}
        noted = dataclasses.replace(self._manifest, status=left_out)
        if laid is None:
            run = Run(self.folder, tuple(variants.values()), noted, self.report)
        else:
            over = laid.overlay
            noted = dataclasses.replace(noted, own_data=over.refs, instead=over.instead, added=over.added)
            plain = self.state(Choice(choice.values, choice.language))
            charts = _changed_charts(plain.variant, variants[choice.language]) if plain else frozenset[str]()
            run = Run(laid.folder, tuple(variants.values()), noted, self.report, charts)
        return State(choice, variants[choice.language], run, failures, but)

    def _before_judging(
        self, choice: Choice, read: Mapping[str, Notebook], laid: Laid | None
    ) -> State | None:
        """The state of a choice of which all but the notebooks that judge were executed; None where more is to come."""
        to_come = frozenset(self.stems) - read.keys()
        needed = {stem for n in self.project.notebooks for stem in n.needs}
        if not to_come or not to_come.isdisjoint(needed):
            return None
        plain = self.state(Choice({}, choice.language))
        former = {n.stem: n for n in plain.variant.notebooks if n.stem in to_come} if plain else {}
        values = self.catalogue.differing(self._values(choice))
        for stem in to_come:
            if stem not in former or CLAIMS not in collect.gathered([(stem, former[stem].content)], []):
                return None
            content = params.injected(former[stem].content, self.catalogue.reaching(stem, values))
            read = {**read, stem: Notebook(stem, content)}
        return self._made(choice, tuple(read[stem] for stem in sorted(read)), (), laid, to_come)

    def _values(self, choice: Choice) -> dict[str, Any]:
        """The values that the notebooks are executed with."""
        language = {LANGUAGE: choice.language} if self.catalogue.users(LANGUAGE) else {}
        return {**choice.values, **language}

    def _lay(self, choice: Choice) -> Laid | None:
        """The data of a choice, joined in a folder of their own; None where they are the project's. UserError where its rules refuse them."""
        if not choice.rows:
            return None
        texts = choice.row_texts
        known = self._laid
        laid = known.pop(texts, None) or self._joined(texts)
        known[texts] = laid
        while len(known) > MOST_LAID:
            shutil.rmtree(known.popitem(last=False)[1].folder, ignore_errors=True)
        return laid

    def _joined(self, texts: tuple[str, ...]) -> Laid:
        name = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
        folder = self.folder / _ROWS / f"{name}-{self._generation}"
        data, own = folder / "inputs" / "data", folder / "own"
        for path, content in self.series.changed(texts).items():
            write_atomically(own / path, content, is_durable=False)
        overlay = overlays.lay(self.project.data, own, "--what-if")
        shutil.copytree(self.project.data, data)
        for path, content in overlay.contents.items():
            write_atomically(data / path, content, is_durable=False)
        try:
            overlay.refuse_unsound(data, self.project.data)
        except UserError:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        project = Project(self.project.root, data)
        return Laid(folder, overlay, project, Remembering(project))

    def execute(
        self,
        choice: Choice,
        tell: Callable[[str, Status, Failure | None], None],
        work: Work,
        tell_early: Callable[[frozenset[str]], None] = lambda _: None,
    ) -> State:
        """Execute the notebooks of a choice; those that it does not reach come from the cache.

        tell_early hears when all pages are known but those of the notebooks that it is given. Raises Closed when `work` was
        cancelled, UserError when nothing can be executed.
        """
        found, generation = self.state(choice), self._generation
        if found is not None and not found.failures:
            return found
        if choice.rows:  # what they change is known beside the same without them
            self.execute(Choice(choice.values, choice.language), lambda *_: None, work)
        laid = self._lay(choice)
        project, cache = (laid.project, laid.cache) if laid else (self.project, self.cache)
        folder = self.folder / hashlib.sha256(choice.key.encode()).hexdigest()[:20]
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        values = self._values(choice)
        read: dict[str, Notebook] = {}

        def ended(name: str, status: Status, failure: Failure | None) -> None:
            tell(name, status, failure)
            if status not in ("ok", "cached") or staged.bypassed:
                return
            read[name] = self._notebook(folder / "notebooks" / f"{name}.ipynb")
            early = self._before_judging(choice, read, laid)
            if early is not None and generation == self._generation:
                self._early = early
                if self._is_trusted(choice):
                    tell_early(early.but)

        staged = StagedRun(
            project,
            Settings("live", values=values, cache=False, expected=self._seconds),
            self.catalogue,
            folder,
            _Progress(ended, self._seconds),
        )
        staged.cache = cache
        with runner_for(self.project.root, "warm") as runner:
            work.begin(runner)
            staged.execute("", values, runner)
        work.refuse_cancelled()
        if staged.bypassed:
            raise UserError(" ".join(staged.touched()))
        failures = [r.failure for r in staged.results if r.failure]
        state = self._made(choice, self._notebooks_of(folder / "notebooks"), failures, laid)
        shutil.rmtree(folder, ignore_errors=True)
        with self._lock:
            if generation != self._generation:
                raise Closed("Files changed meanwhile.")
            self._learn(self._early, state)
            self._states[choice.key], self._early = state, None
            while len(self._states) > MOST_STATES:
                self._states.popitem(last=False)
        return state

    def settle(self) -> bool:
        """Keep one executed notebook in the cache; gives whether there was one that waited for it."""
        with self._lock:
            caches = [self.cache, *(laid.cache for laid in self._laid.values())]
        return any(cache.settle() for cache in caches)

    def moved(self, state: State) -> differences.Comparison | None:
        """What moved against the defaults; None for the defaults themselves, and while these were not executed. A claim of which
        not every check was made on both sides, because notebooks failed, did not move.
        """
        plain = self.state(Choice({}, state.choice.language))
        if plain is None or state.choice.is_plain:
            return None
        found = differences.compare(plain.side, state.side)
        if not (state.failures or plain.failures):
            return found
        without = self.uncomputed(state)
        kept = [v for v in found.verdicts if v.before and v.after and v.claim_id not in without]
        return dataclasses.replace(found, verdicts=tuple(kept))

    def uncomputed(self, state: State) -> frozenset[str]:
        """The claims of which not every check was made, here or with the defaults, because notebooks failed."""
        plain = self.state(Choice({}, state.choice.language))
        if plain is None:
            return frozenset()
        before, now = plain.model.record, state.model.record
        return frozenset(
            (before.beyond(now) if state.failures else frozenset())
            | (now.beyond(before) if plain.failures else frozenset())
        )


@dataclass(frozen=True)
class Laid:
    """Changed rows joined with the project's data: where, which, and a project and a cache that have them."""

    folder: Path
    overlay: overlays.Overlay
    project: Project
    cache: Remembering


class Remembering(Cache):
    """The project's cache, which also keeps what it found in memory, and looks at the files only when it is asked to."""

    def __init__(self, project: Project) -> None:
        plain = cache_of(project)
        super().__init__(plain.folder, plain.inputs, plain.max_bytes)
        self._found: OrderedDict[bytes, bytes] = OrderedDict()
        self._later: deque[Callable[[], str]] = deque(maxlen=MOST_REMEMBERED)
        assert self.inputs.signature and self.inputs.files

    def keep(self, key: Key, content: bytes, seen: Seen | None, folder: str = "") -> str:
        """Leaves it to `settle`: nobody waits for what is kept for later."""
        self._later.append(partial(super().keep, key, content, seen, folder))
        return ""

    def settle(self) -> bool:
        """Keep one of the executed notebooks that were to be kept; gives whether there was one."""
        if not self._later:
            return False
        self._later.popleft()()
        return True

    def is_as_before(self) -> bool:
        """Whether no file changed since this was made."""
        return self.inputs.is_as_before()

    def find(self, key: Key) -> bytes | None:
        """The executed notebook, from memory if it was asked for before."""
        name = hashlib.sha256(
            key.source + json.dumps([key.notebook.stem, dict(key.upstream)]).encode()
        ).digest()
        found = self._found.get(name)
        if found is None and (found := super().find(key)) is not None:
            self._found[name] = found
            while len(self._found) > MOST_REMEMBERED:
                self._found.popitem(last=False)
        return found


class _Progress(Silent):
    """Hands on that a notebook ended, and notes how long it took."""

    def __init__(
        self, tell: Callable[[str, Status, Failure | None], None], seconds: dict[str, float]
    ) -> None:
        self._tell, self._seconds = tell, seconds

    def end(self, name: str, status: Status, seconds: float, note: str = "") -> None:
        """One of them is finished."""
        if status == "ok":
            self._seconds[name] = seconds
        self._tell(name, status, None)


def _kinds(choice: Choice) -> set[str]:
    """What of a choice is changed."""
    return {*choice.values, *([_ROWS] if choice.rows else [])}


def _changed_charts(before: Variant, after: Variant) -> frozenset[str]:
    """The charts that show something else than before, as `notebook/chart`."""

    def drawn(variant: Variant) -> dict[str, Drawing]:
        return {f"{n.stem}/{d.id}": d for n in variant.notebooks for d in n.drawings}

    known = drawn(before)
    return frozenset(
        name for name, d in drawn(after).items() if d.data != (o.data if (o := known.get(name)) else "")
    )


def _all_but_tables(folder: str, names: list[str]) -> set[str]:
    """What a copy of the data leaves out."""
    return {n for n in names if not n.endswith(".csv") and not Path(folder, n).is_dir()}


def _signatures(folder: Path, pattern: str) -> list[tuple[str, ...]]:
    """How the files of a folder and those below it are."""
    return [signature(path) for path in sorted(folder.rglob(pattern))]
