"""The `indicia` command: parses, calls one function of the library, prints, and returns an exit code."""

from __future__ import annotations

import errno
import functools
import inspect
import os
import re
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from typing import Annotated, Any, NoReturn, get_type_hints

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]

from indicia import __version__
from indicia.cli import exits
from indicia.cli.options import MadeOf, spread
from indicia.cli.talk import Talk
from indicia.errors import IndiciaError

# What the place is that was to be written to, and no fault of ours: full, closed, no folder, no file.
_PLACE = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.ENOENT),
    *(errno.EACCES, errno.EPERM, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.ENAMETOOLONG, errno.ELOOP, errno.EIO),
}

app = typer.Typer(
    name="indicia",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="""Who accuses whom of a cyberattack, on what grounds, did it happen to us, and what do we do?

[bold]Examples[/]

  indicia example                          [dim]writes the bundled example to a folder, to try things out[/]

  indicia brief article.txt advisory.pdf --logs exchange-logs/ -o brief/

  indicia read statement.html              [dim]who says what, techniques, indicators, names[/]

  indicia hunt logs/ --rules sigma/rules/  [dim]sightings, timeline, verdict[/]

  indicia weigh --techniques T1190 T1505.003 --software S0020

Nothing leaves this machine unless you ask for it. Data goes to stdout, talk to stderr.
""",
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"indicia {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and stop.")
    ] = False,
) -> None:
    """Options before the command."""


def _exiting(command: Callable[..., int]) -> Callable[..., None]:
    """The command as the parser takes it: with each option by itself where several make one parameter (`MadeOf`), and leaving
    with the exit code that it returns."""
    options, makers = dict[str, inspect.Parameter](), dict[str, tuple[Callable[..., Any], list[str]]]()
    for name, parameter in _parameters(command).items():
        made = [one.maker for one in getattr(parameter.annotation, "__metadata__", ()) if isinstance(one, MadeOf)]
        options |= _parameters(made[0]) if made else {name: parameter}
        makers |= {name: (made[0], list(_parameters(made[0])))} if made else {}

    @functools.wraps(command)
    def call(**given: Any) -> None:
        for name, (maker, parts) in makers.items():
            given[name] = maker(**{part: given.pop(part) for part in parts})
        raise typer.Exit(command(**given))

    call.__signature__ = inspect.Signature(list(options.values()))  # type: ignore[attr-defined]

    # The help keeps line breaks within a paragraph, which are those of our own lines.
    call.__doc__ = re.sub(r"(?<=\S)\n(?=\S)", " ", inspect.cleandoc(command.__doc__ or ""))
    return call


def _parameters(maker: Callable[..., Any]) -> dict[str, inspect.Parameter]:
    hints = get_type_hints(maker, include_extras=True)
    named = inspect.signature(maker).parameters
    return {name: one.replace(annotation=hints[name], kind=inspect.Parameter.KEYWORD_ONLY) for name, one in named.items()}


# Commands in the order in which `--help` shows them, each a function of its name in a module here, or a group of its own.
_COMMANDS = {
    "brief": "brief",
    "read": "read",
    "compare-readers": "readers",
    "hunt": "hunt",
    "update-rules": "knowledge",
    "affairs": "read",
    "weigh": "weigh",
    "advise": "weigh",
    "judge": "history",
    "history": "history",
    "share": "share",
    "serve": "serve",
    "merge": "share",
    "pull": "exchange",
    "push": "exchange",
    "watch": "exchange",
    "mcp": "serve",
    "example": "installation",
    "doctor": "installation",
    "completion": "installation",
}
_GROUPS = ("evidence", "knowledge")


def register() -> None:
    """All commands. Each imports its stage when it is called."""
    if app.registered_commands:
        return
    for name, module in _COMMANDS.items():
        app.command(name)(_exiting(getattr(import_module(f"indicia.cli.{module}"), name.replace("-", "_"))))
    for name in _GROUPS:
        app.add_typer(import_module(f"indicia.cli.{name}").app, name=name)


_COMPLETING = "_INDICIA_COMPLETE"  # set by the shell that asks what may stand next
# What must work while the settings are wrong.
_UNSET = frozenset({"completion", "doctor", "example", "--help", "-h", "--version"})


def _settings(arguments: list[str]) -> dict[str, Any]:
    """What the user's file and environment set, as the parser takes defaults. Raises: UsageError."""
    from indicia.cli.settings import by_command, commands, in_force, is_given

    if not arguments or not _UNSET.isdisjoint({arguments[0], arguments[-1]}) or not is_given():
        return {}
    return by_command(in_force(commands(typer.main.get_command(app))))


def _nobody_reads() -> NoReturn:
    """Ends well: who reads the first lines only has what they wanted. What is still to be flushed goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(exits.E_OK)


def run(arguments: list[str] | None = None) -> None:
    """The console entry point: a user's mistake gets a sentence, never a traceback; a fault of ours says so and exits 1."""
    arguments = spread(sys.argv[1:] if arguments is None else arguments)
    talk = Talk()
    try:
        register()
        if _COMPLETING in os.environ:
            completion_init()
        app(arguments, default_map=_settings(arguments))
    except SystemExit as stop:
        if stop.code == exits.E_INTERRUPTED:
            talk.error("stopped; nothing half-written is left")
        if type(sys.stdout).__name__ == "PacifyFlushWrapper":  # typer's sign that nobody reads on, as of `| head`
            _nobody_reads()
        raise
    except IndiciaError as error:
        talk.error(str(error))
        sys.exit(exits.code_for(error))
    except KeyboardInterrupt:
        talk.error("stopped; nothing half-written is left")
        sys.exit(exits.E_INTERRUPTED)
    except BrokenPipeError:
        _nobody_reads()
    except Exception as error:  # our own fault: say so, and show the trace only to those who asked
        if isinstance(error, OSError) and error.errno in _PLACE:
            where = f"{error.filename}: " if error.filename else "the output "
            talk.error(f"{where}cannot be written: {error.strerror}; nothing half-written is left")
            sys.exit(exits.E_STORE)
        talk.error(f"a fault in Indicia, not in your input: {type(error).__name__}: {error}")
        if "-vv" in arguments:
            traceback.print_exc()
        else:
            talk.say("run it again with -vv to see where, and please report it", "dim")
        sys.exit(exits.E_FAULT)
