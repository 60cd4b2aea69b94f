"""The states of a site: for each choice of values, in each language, executed notebooks and the pages made from them."""

from __future__ import annotations

import dataclasses
import gc
import hashlib
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from analysis.errors import UserError
from analysis.live import controls
from analysis.live.choice import Choice
from analysis.live.controls import LANGUAGE
from analysis.live.queue import Work
from analysis.live.remembering import MOST_REMEMBERED, Remembering
from analysis.live.rows import Laid, Rows
from analysis.live.state import INDEX, MOST_STATES, State, Trust
from analysis.report import config, swept
from analysis.report.datapackage import what_if
from analysis.report.robustness import published
from analysis.site import differences, source
from analysis.site.memory import Memory
from analysis.site.source import Drawing, Manifest, Notebook, Run, Variant
from analysis.suite import collect, document, manifest, params
from analysis.suite.execute import Failure, runner_for
from analysis.suite.inputs import PACKAGE, signature
from analysis.suite.params import Catalogue
from analysis.suite.process import Closed
from analysis.suite.progress import Silent, Status
from analysis.suite.project import Project
from analysis.suite.run import Settings, StagedRun

_ROWS = "rows"
CLAIMS = "claims"
"""The table of verdicts that a notebook hands out."""
SHOWN = {"checks", "exhibits", "unheard"}
"""Other tables of which pages show something that a change of a parameter may change."""
_FIRST = 1e6
"""Seconds by which the notebooks of the page on show seem longer: the longest begin first."""


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
        self._unconfirmed: OrderedDict[str, State] = OrderedDict()
        self._trust = Trust()
        self._seconds: dict[str, float] = {}
        self._generation = 0
        self._is_littered = True
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
        kept, staged = self.folder / "inputs" / "data", self.folder / "inputs" / "data.new"
        shutil.rmtree(staged, ignore_errors=True)
        shutil.copytree(
            project.data, staged, ignore=_all_but_tables
        )  # pages from before are shown where it fails
        shutil.rmtree(kept, ignore_errors=True)
        staged.rename(kept)
        shutil.rmtree(self.folder / _ROWS, ignore_errors=True)
        self._rows = Rows(project, self.folder / _ROWS / str(self._generation))

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
            self._early, self._trust = None, Trust()
            self._unconfirmed.clear()
            # What still runs keeps the cache, and so the state of the files, with which it began.
            self.cache = Remembering(self.project)
            try:
                if _signatures(PACKAGE, "*.py") != self._package:
                    raise UserError("The package itself changed; end the server and start it again.")
                self._read(Project(self.project.root))
            except Exception as error:  # whatever it is: half of a project must not be served in silence
                self._problem = UserError(_said(error))
                raise self._problem from error
            return True

    @property
    def problem(self) -> UserError | None:
        """Why the project cannot be used as it is; what is shown meanwhile is from before."""
        return self._problem

    @property
    def generation(self) -> int:
        """How often the project was taken anew."""
        return self._generation

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
        return self._rows.series

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
            if page.endswith(suffix) and stem in (INDEX, *self.stems):
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
        """The state of a choice some of whose notebooks still run, where the page of that notebook, or the overview, shows nothing
        of these. Its verdicts are given here, as a scorecard by the standard gives them.
        """
        with self._lock:
            found = self._early
            return (
                found
                if found is not None and found.choice.key == choice.key and found.is_known(stem)
                else None
            )

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
            if read and source.language_of(read, self.report) == choice.language:
                return self._made(choice, read)
        return None

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
        judges: frozenset[str] = frozenset(),
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
        return State(choice, variants[choice.language], run, failures, but, judges)

    def _so_far(self, choice: Choice, read: Mapping[str, Notebook], laid: Laid | None, plain: State) -> State:
        """The state of a choice of which these notebooks were executed; for those to come stands what they were with the defaults."""
        values = self.catalogue.differing(self._values(choice))
        found = dict(read)
        for n in plain.variant.notebooks:
            if n.stem not in read:
                content = params.injected(n.content, self.catalogue.reaching(n.stem, values))
                found[n.stem] = Notebook(n.stem, content)
        but = frozenset(found.keys() - read.keys())
        return self._made(
            choice, tuple(found[stem] for stem in sorted(found)), (), laid, but, self._judges(plain)
        )

    def _judges(self, plain: State) -> frozenset[str]:
        """The notebooks that hand out verdicts, and nothing else that other pages show; no notebook needs them."""
        needed = {stem for n in self.project.notebooks for stem in n.needs}
        last = [n for n in plain.variant.notebooks if n.stem not in needed and not n.drawings]
        handed = {n.stem: collect.gathered([(n.stem, n.content)], []) for n in last}
        return frozenset(
            stem for stem, tables in handed.items() if CLAIMS in tables and not SHOWN & tables.keys()
        )

    def _wanted(self, plain: State, stem: str) -> frozenset[str]:
        """The notebooks after which a page can be known, as far as the checks with the defaults tell."""
        if stem == INDEX:
            return frozenset(self.stems) - self._judges(plain)
        return plain.bench.behind(stem) | {stem}

    def _values(self, choice: Choice) -> dict[str, object]:
        """The values that the notebooks are executed with."""
        language = {LANGUAGE: choice.language} if self.catalogue.users(LANGUAGE) else {}
        return {**choice.values, **language}

    def _lay(self, choice: Choice) -> Laid | None:
        """The data of a choice with changed rows. States whose data had to go for them go too."""
        if not choice.rows:
            return None
        laid = self._rows.lay(choice.row_texts)
        with self._lock:
            for key in [key for key, state in self._states.items() if not state.run.path.is_dir()]:
                del self._states[key]
        return laid

    def execute(
        self,
        choice: Choice,
        tell: Callable[[str, Status, Failure | None], None],
        work: Work,
        tell_early: Callable[[frozenset[str]], None] = lambda _: None,
        stem: str = INDEX,
    ) -> State:
        """Execute the notebooks of a choice; those that it does not reach come from the cache.

        stem: the page on show, whose notebooks come first. tell_early hears when it is known before all have ended, and which pages
        are not. Raises Closed when `work` was cancelled, UserError when nothing can be executed.
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
        plain = self.state(Choice({}, choice.language))
        while self._trust.learn():  # of the last change, where nobody had time for it since
            pass
        is_early = plain is not None and not plain.failures and self._trust.has(choice)
        wanted = self._wanted(plain, stem) if plain and is_early else frozenset(self.stems)
        self._early = None

        def ended(name: str, status: Status, failure: Failure | None) -> None:
            tell(name, status, failure)
            if status not in ("ok", "cached") or staged.bypassed:
                return
            read[name] = self._notebook(folder / "notebooks" / f"{name}.ipynb")
            if plain is None or not (wanted <= read.keys() < set(self.stems)) or self._early is not None:
                return
            with self._lock:
                early = self._so_far(choice, read, laid, plain) if generation == self._generation else None
            if early is not None and early.is_known(stem):
                but = frozenset(page for page in (INDEX, *self.stems) if not early.is_known(page))
                self._early = early
                tell_early(but)

        soon = {name: self._seconds.get(name, 0.0) + (name in wanted) * _FIRST for name in self.stems}
        staged = StagedRun(
            project,
            Settings("live", values=values, cache=False, expected=soon),
            self.catalogue,
            folder,
            _Progress(ended, self._seconds),
        )
        staged.cache = cache
        self._run(staged, values, work)
        failures = [r.failure for r in staged.results if r.failure]
        state = self._made(choice, self._notebooks_of(folder / "notebooks"), failures, laid)
        shutil.rmtree(folder, ignore_errors=True)
        self._take(state, generation)
        return state

    def _run(self, staged: StagedRun, values: dict[str, object], work: Work) -> None:
        """Run the notebooks to the end. What was shown early is taken back where it does not come to that."""
        try:
            with runner_for(self.project.root, "warm", is_followed=True) as runner:
                work.begin(runner)
                if runner is not None:
                    runner.expect(1)  # one more than this change runs: the next one's first
                staged.execute({"": values}, runner)
            work.refuse_cancelled()
            if staged.bypassed:
                raise UserError(" ".join(staged.touched()))
        except BaseException:
            self._overtaken()
            raise

    def _take(self, state: State, generation: int) -> None:
        """Keep a state, and learn later from what was shown of it early. Closed when files changed meanwhile."""
        with self._lock:
            if generation != self._generation:
                raise Closed("Files changed meanwhile.")
            self._states[state.choice.key] = state
            self._is_littered = True
            shown = (self._unconfirmed.pop(state.choice.key, None), self._early)
            self._trust.to_learn.extend((early, state) for early in shown)
            self._early = None
            while len(self._states) > MOST_STATES:
                self._states.popitem(last=False)

    def _overtaken(self) -> None:
        """Take an early state back; what was made of it is compared when its choice is executed to its end."""
        with self._lock:
            early, self._early = self._early, None
            if early is not None:
                self._unconfirmed[early.choice.key] = early
            while len(self._unconfirmed) > MOST_STATES:
                self._unconfirmed.popitem(last=False)

    def settle(self) -> bool:
        """Do a step of what nobody waits for: learn from a state, keep an executed notebook, look for garbage; gives whether there was one."""
        with self._lock:
            trust, caches = self._trust, [self.cache, *self._rows.caches]
        return trust.learn() or any(cache.settle() for cache in caches) or self._tidy()

    def _tidy(self) -> bool:
        """Look for garbage where there may be some since the last look."""
        is_littered, self._is_littered = self._is_littered, False
        if is_littered:
            gc.collect()
        return is_littered

    def moved(self, state: State) -> differences.Comparison | None:
        """What moved against the defaults; None for the defaults themselves, and while these were not executed. A claim of which
        not every check was made on both sides, because notebooks failed or still run, did not move.
        """
        plain = self.state(Choice({}, state.choice.language))
        if plain is None or state.choice.is_plain:
            return None
        found = differences.compare(plain.side, state.side)
        if not state.is_whole:
            settled = tuple(v for v in found.verdicts if state.is_settled(v.claim_id))
            found = dataclasses.replace(found, verdicts=settled)
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


def _changed_charts(before: Variant, after: Variant) -> frozenset[str]:
    """The charts that show something else than before, as `notebook/chart`."""

    def drawn(variant: Variant) -> dict[str, Drawing]:
        return {f"{n.stem}/{d.id}": d for n in variant.notebooks for d in n.drawings}

    known = drawn(before)
    return frozenset(
        name for name, d in drawn(after).items() if d.data != (o.data if (o := known.get(name)) else "")
    )


def _said(error: Exception) -> str:
    """What an error says to a reader."""
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error) if isinstance(error, UserError) else f"{type(error).__name__}: {error}"


def _all_but_tables(folder: str, names: list[str]) -> set[str]:
    """What a copy of the data leaves out: also what an editor keeps beside a table, and links that lead nowhere."""
    paths = {n: Path(folder, n) for n in names}
    kept = (n for n, p in paths.items() if p.is_dir() or (n.endswith(".csv") and n[0] != "." and p.is_file()))
    return set(names).difference(kept)


def _signatures(folder: Path, pattern: str) -> list[tuple[str, ...]]:
    """How the files of a folder and those below it are."""
    return [signature(path) for path in sorted(folder.rglob(pattern))]
