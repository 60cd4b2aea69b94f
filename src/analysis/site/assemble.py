"""Builds the site of a run: reads, makes the models, renders, embeds the fonts, writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from analysis import places, reading, words
from analysis.reading import shortened
from analysis.report import wording
from analysis.site import assumptions, beside, blocks, fonts, front, page, reviews, single, source, svg
from analysis.site.frame import (
    SET,
    Context,
    Link,
    Twin,
    context,
    environment,
    printed,
    twins,
    with_panel,
    write,
)
from analysis.site.memory import Memories
from analysis.site.own_rows import OwnRow, listed
from analysis.site.page import Page, Pages
from analysis.site.record import Record
from analysis.site.source import Notebook, Parameter, Run, Variant
from analysis.suite import document
from analysis.writing import write_atomically

if TYPE_CHECKING:
    from analysis.suite.cache import Cache
    from analysis.suite.execute import Failure
    from analysis.suite.project import Project


@dataclass(frozen=True)
class Broken(Link):
    """The way to the page of a notebook that failed, and what failed in it: its cell, and the last line of the error."""

    failure: Failure | None = None

    @property
    def error(self) -> str:
        """The last line of the error."""
        return shortened(self.failure.error.splitlines()[-1], 200) if self.failure else ""


@dataclass(frozen=True)
class Notice:
    """What a reader must know of the run before anything else: nothing of a whole run with defaults.

    `unjudged`: as `Record` has it. own_data: rows that are not the project's.
    """

    failed: Sequence[Broken]
    left_out: Sequence[str]
    only: Sequence[str]
    unjudged: int
    changed: Sequence[Parameter]
    own_data: Sequence[OwnRow]
    again: str = ""
    """The command that makes the run anew, where something failed."""

    @classmethod
    def of(cls, run: Run, variant: Variant, record: Record) -> Notice:
        """What is to be said of a run."""
        failed = [_broken(n, variant) for n in variant.notebooks if n.failed]
        changed = [p for p in variant.parameters if p.is_changed]
        own = listed(record.own, run.manifest.added, record.checks.values())
        left_out, again = run.manifest.left_out, run.manifest.again
        again = again if failed or left_out else ""
        return cls(failed, left_out, run.manifest.only, record.unjudged, changed, own, again)


def _broken(notebook: Notebook, variant: Variant) -> Broken:
    """What failed in a notebook."""
    from analysis.suite.execute import failure_in

    failure = failure_in(notebook.stem, notebook.content)
    return Broken(variant.page(notebook.stem), page.title(notebook, variant.language), failure=failure)


@dataclass(frozen=True)
class Shell:
    """What every page of one language shares."""

    run: Run
    variant: Variant
    pages: Pages
    notice: Notice

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Notebook → its title."""
        return {n.stem: page.title(n, self.variant.language) for n in self.variant.notebooks}

    def links(self, current: str) -> list[Link]:
        """The menu: the index and every notebook."""
        home = Link(self.variant.page("index"), self.variant.voice("nav.home"))
        found = [home, *(Link(self.variant.page(stem), title) for stem, title in self.titles.items())]
        return [Link(link.href, link.title, link.href == current) for link in found]

    def twins(self, stem: str) -> list[Twin]:
        """The same page in every language of the run; nothing when there is only one."""
        whole = stem in ("index", "report")
        return twins(
            {
                v.language: v.page(stem)
                for v in self.run.variants
                if v is self.variant or whole or any(n.stem == stem for n in v.notebooks)
            }
        )

    def context(self, stem: str, title: str, kind: str) -> Context:
        """The variables of layout.html.j2."""
        here, home = self.variant.page(stem), self.variant.page("index")
        shared = context(self.variant.voice, title, kind, home, self.links(here), self.twins(stem))
        return {**shared, "notice": self.notice, "variant": self.variant, "home_page": home}


def build(run_dir: Path, output: Path | None = None, cache: Cache | None = None, jobs: int = 0) -> Path:
    """Write index.html, a page per notebook and report.html of a run, in each language; gives the index.

    The pages go into the run itself, or into the folder `output`. Twin pages of a further language end in
    .<language>.html. The same run gives the same bytes. jobs: how many languages at once, 0 chooses. RunError when the
    directory is no finished run.
    """
    settings = [path.read_bytes() for path in sorted((run_dir / "inputs").glob("*.toml"))]
    memories = _memories(cache, tuple(settings)) if cache else None
    run = source.read(run_dir, memories.of) if memories else source.read(run_dir)

    def build_one(variant: Variant) -> None:
        _build_variant(run, variant, output or run_dir)
        if memories:
            memories.keep(variant.language)

    beside.do_all([partial(build_one, variant) for variant in run.variants], jobs)
    return (output or run_dir) / run.variants[0].page("index")


def get_ready(project: Project, languages: Sequence[str], cache: Cache | None = None) -> Iterator[None]:
    """Do ahead, a step at a time, what pages of a project's runs will need of what is known before.

    The templates, the face, the code of cells as it is shown, what the cache keeps of pages in these languages, and where it
    keeps nothing letters, and outlines of characters that are likely to be on them. Once for pages of all languages, whose forks
    begin with it.
    """
    for name in environment().list_templates():
        environment().get_template(name)
        yield
    fonts.missing("")
    yield
    settings = [reading.content(path) for path in sorted(project.root.glob("*.toml"))]
    known = [x for x in languages if cache and (memories := _memories(cache, tuple(settings))).holds(x)]
    for language in known:
        memories.of(language)
        yield
    if not known:
        tables = [project.root / places.REPORT, *sorted((project.root / wording.FOLDER).glob("*.toml"))]
        text = "".join(path.read_text("utf-8", "replace") for path in tables if path.is_file())
        yield from fonts.get_ready(text)
    for notebook in project.notebooks:
        for _, cell in document.code_cells(notebook.content):
            blocks.code(cell["source"])
            yield


@lru_cache(maxsize=1)
def _memories(cache: Cache, settings: tuple[bytes, ...]) -> Memories:
    """Those of a run's pages: what is read ahead is there when they are made."""
    return Memories(cache, settings)


@dataclass(frozen=True)
class Model:
    """The pages of one language before they are written: what they share, and what the run says of the claims."""

    shell: Shell
    record: Record

    @cached_property
    def ways(self) -> Mapping[str, str]:
        """Claim → the way to its card, where it has one."""
        return {
            claim_id: page.way(self.shell.variant, self.record, claim_id) for claim_id in self.record.claims
        }

    @cached_property
    def found(self) -> Mapping[str, reviews.Node]:
        """Claim → its review as linked data."""
        return reviews.reviews(self.shell.run, self.shell.variant, self.record, self.ways)

    @cached_property
    def panel(self) -> Mapping[str, object] | None:
        """The variables of the panel of assumptions that needs no server."""
        return assumptions.offline(self.shell.run, self.shell.variant, self.record)

    def article(self, made: Page) -> str:
        """A notebook as HTML, set in type: the same on the page of its own and in the single file."""
        t = self.shell.variant.voice
        said = {"t": t, "language": t.language, "printed_in": t.report.printed_in, "ways": self.ways}
        template = environment().get_template("article.html.j2")

        def made_anew() -> str:
            return (
                printed(template.render(item=made, **said), words.tag(t.language))
                .replace(SET, "")
                .strip("\n")
            )

        return self.shell.variant.memory.made(("article", made.stem), (made, self.ways), made_anew)

    @cached_property
    def shared(self) -> Context:
        """The variables of the pages that show every topic."""
        shell = self.shell
        overview = front.overview(shell.run, shell.variant, shell.pages, self.record)
        return {"o": overview, "pages": shell.pages, "ways": self.ways, "colours": _colours(shell.pages)}


def model(run: Run, variant: Variant) -> Model:
    """The pages of a run in one language."""
    record = Record.of(run, variant)
    return Model(Shell(run, variant, Pages(variant, record), Notice.of(run, variant, record)), record)


def _build_variant(run: Run, variant: Variant, folder: Path) -> None:
    made = model(run, variant)
    write_atomically(folder / variant.data("claims"), reviews.document(made.found.values()) + "\n")
    for stem in ("index", *(p.stem for p in made.shell.pages)):
        said = text(made, stem, has_panel=True)
        write(folder / variant.page(stem), said, variant.memory, is_tight=stem == "index")
    whole = environment().get_template("single.html.j2")
    context = made.shell.context("report", variant.voice.own.title, "single")
    context = with_panel({**context, "ways": made.ways}, made.panel)
    said = whole.render(**{**context, **made.shared}, single="", article=SET * 2)
    articles = {p.stem: made.article(p) for p in made.shell.pages}
    write(folder / variant.page("report"), single.join(said, variant, articles), variant.memory)


def text(made: Model, stem: str, has_panel: bool = False) -> str:
    """The overview (`index`), or the page of a notebook, before its fonts are laid in. KeyError when there is none.

    has_panel: the overview has the panel of assumptions that needs no server.
    """
    shell, pages = made.shell, made.shell.pages
    if stem == "index":
        context = shell.context("index", shell.variant.voice.own.title, "front")
        way = shell.variant.page("report")
        if has_panel:
            context = with_panel({**context, "ways": made.ways}, made.panel)
        return environment().get_template("front.html.j2").render(**{**context, **made.shared}, single=way)
    menu = shell.links(shell.variant.page(stem))
    n = {name: n for n, name in enumerate(shell.titles)}[stem]
    around = {"before": menu[n] if n else None, "after": menu[n + 2] if n + 2 < len(menu) else None}
    cards = pages[n].cards
    return environment().get_template("topic.html.j2").render(
        **shell.context(stem, pages[n].title, "topic"), **around, item=pages[n], article=f"{SET}{made.article(pages[n])}{SET}",
        colours=pages[n].colours.rules(),
        reviews=reviews.embedded(made.found[c.claim_id] for c in cards) if cards else "",
    )  # fmt: skip


def _colours(pages: Sequence[Page]) -> str:
    """The rules for the colours of all charts."""
    found = svg.Colours()
    for made in pages:
        found.used |= made.colours.used
    return found.rules()
