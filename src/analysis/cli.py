"""The command line. Each command is a small module that is imported only when it is called."""

from __future__ import annotations

import atexit
import gc
import importlib
import io
import os
import re
import sys
from pathlib import Path
from typing import NoReturn

import click

from analysis import places
from analysis.commands.shared import Group
from analysis.errors import UserError, refusal
from analysis.reading import shortened
from analysis.suite import environment
from analysis.writing import write_atomically

COMMANDS = {
    "new": "Write the folder of a new report, which runs at once.",
    "run": "Execute the notebooks and write results, figures and pages.",
    "runs": "List runs and sweeps, open one, or remove it.",
    "serve": "Show a run in the browser, with every assumption as a control.",
    "params": "List the parameters of the notebooks, and the scenarios.",
    "data": "Validate the data package, write its dictionary, list a new file.",
    "cache": "Look at, or clear, the cache of executed notebooks.",
    "census": "List every number of a text; fail where no claim covers a quantity.",
    "claims": "List the report's claims with their verdicts, or explain one.",
    "sweep": "Run many choices of parameters; show which verdicts hold in all.",
    "compare": "Show what moved between two runs.",
    "export": "Write a run as one HTML file, PDF, brief or workbook.",
    "publish": "Write the pages of a run as a folder for any static host.",
    "verify": "Recompute the checksums of a run and compare them.",
    "baseline": "Renew the outputs of the committed notebooks.",
}
"""Name → help; the module of that name in `commands` is not imported for `analysis --help`."""


class LazyGroup(Group):
    """A group that knows its commands' names and help texts, and imports a command when it is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"analysis.commands.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--project",
    type=click.Path(path_type=Path),
    envvar="ANALYSIS_PROJECT",
    help="Folder that holds notebooks/ (default: the current folder or the nearest above it).",
)
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=lambda *a: _version(*a),
              help="Show the version and exit.")  # fmt: skip
@click.pass_context
def cli(ctx: click.Context, project: Path | None) -> None:
    """Rerun, tweak and export the analysis: every printed number recomputed from cited data."""
    ctx.obj = project
    ctx.with_resource(places.at(project))
    ctx.color = _colour()


def _version(ctx: click.Context, parameter: click.Parameter, is_asked: bool) -> None:
    if is_asked:
        from analysis.suite.manifest import distribution

        click.echo(f"analysis, version {distribution().version}")
        ctx.exit()


def _colour() -> bool | None:
    """False where the user wants no colours (no-color.org); otherwise it depends on the terminal."""
    return False if os.environ.get("NO_COLOR") else None


UNFORESEEN = 70
"""Exit code for a fault of ours, as sysexits.h has it."""


def main(arguments: list[str] | None = None) -> None:
    """Entry point: a user's mistake ends with one message and its exit code, never with a traceback."""
    _make_writable()
    atexit.register(gc.freeze)  # the process ends: its last look for garbage would find nothing that matters
    try:
        with environment.termination_as_interrupt():
            code = cli.main(args=arguments, prog_name="analysis", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except UserError as error:
        _end(str(error), error.exit_code)
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        click.echo(_readable(shown.getvalue()), err=True, nl=False)
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(141)
    except OSError as error:
        if said := refusal(error):
            _end(f"{said}.", UserError.exit_code)
        _end(_unforeseen(error), UNFORESEEN)
    except Exception as error:
        _end(_unforeseen(error), UNFORESEEN)


def _end(message: str, code: int) -> NoReturn:
    """Say what went wrong, and leave."""
    error = click.style("Error:", fg="red", bold=True)
    click.echo(f"{error} {_readable(message)}", err=True, color=_colour())
    sys.exit(code)


def _make_writable() -> None:
    """Standard output and error take every character, whatever the terminal's encoding; closed ones go nowhere."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # open to the end
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace" if name == "stderr" else "replace")


def _readable(message: str) -> str:
    """A message in which no word is longer than anybody reads: a name of 8,000 characters is known by its first ones.

    >>> len(_readable("There is no run " + "x" * 8000))
    216
    """
    return re.sub(r"\S{500,}", lambda word: shortened(word[0], 200), message)


def _unforeseen(error: BaseException) -> str:
    """One line for a fault of ours, and a file with all that it takes to mend it."""
    import platform
    import tempfile
    import traceback

    told = "".join(traceback.format_exception(error))
    home = str(Path.home())
    lines = [
        f"python {platform.python_version()}, {platform.system()}",
        *(a.replace(home, "~") for a in sys.argv[1:]),
    ]
    kept = Path(tempfile.gettempdir()) / f"analysis-error-{os.getpid()}.txt"
    text = "\n".join(lines) + "\n\n" + told.replace(home, "~")
    said = f"something unforeseen ({type(error).__name__}: {shortened(str(error), 120)})"
    try:
        write_atomically(kept, text.encode("utf-8", "backslashreplace"))
    except OSError as other:
        return f"{said}; no report of it could be written ({refusal(other)})."
    return f"{said}; please send the report {kept}."
