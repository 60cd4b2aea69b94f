"""The job that makes what a reader chose."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from analysis.live import pages
from analysis.live.choice import Choice
from analysis.live.queue import Tell, Work
from analysis.live.session import Session
from analysis.live.state import INDEX
from analysis.suite.execute import Failure
from analysis.suite.progress import Status

ONGOING = ("progress", "early")
"""The events after which others come."""


@dataclass
class Make:
    """The job of one choice: the defaults first, to compare with, then the choice itself."""

    session: Session
    choice: Choice
    stem: str = INDEX
    """The page on show."""
    work: Work = field(default_factory=Work)

    @property
    def key(self) -> str:
        """Equal for jobs that make the same."""
        return self.choice.key

    def cancel(self) -> None:
        """Stop it."""
        self.work.cancel()

    def do(self, tell: Tell) -> dict[str, object]:
        """Execute, telling of each notebook, and as soon as the page on show is known, with all that are not in `but`; gives
        `ready`. Raises Closed when it was cancelled, or files changed meanwhile.
        """
        done, suffix = 0, self.session.suffix(self.choice.language)

        def ended(name: str, status: Status, failure: Failure | None) -> None:
            nonlocal done
            done += 1
            tell({"event": "progress", "done": done, "of": len(self.session.stems), "notebook": name})

        def early(but: frozenset[str]) -> None:
            self._make_page()
            tell({"event": "early", "but": sorted(f"{stem}{suffix}.html" for stem in but)})

        self.session.refresh()
        if not self.choice.is_plain:
            self.session.execute(Choice({}, self.choice.language), lambda *_: None, self.work)
        self.session.execute(self.choice, ended, self.work, early, self.stem)
        return {"event": "ready"}

    def _make_page(self) -> None:
        """Make the page on show before anything else goes on beside it: it is asked for as soon as it is known."""
        state = self.session.early(self.choice, self.stem)
        if state is not None:
            with suppress(Exception):  # who asks for it meets it again, and is told
                pages.page(self.session, state, self.stem)
