"""Settings that hold for every run: an option may stand in a file or in the environment instead of on the command line.

    option > INDICIA_HUNT_JOBS > INDICIA_JOBS > [hunt] in the file > the file's own level > default

The file is the user's own, or the one that INDICIA_SETTINGS names. A file in the working folder is not read: folders of
evidence come from others, and a setting can let more out than its reader wants.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from typing import Any, get_args

import msgspec
import platformdirs

from indicia.errors import UsageError
from indicia.walking import text_of

Command = Any  # of the parser, whose types typer does not export

# What belongs to one run: what it is about, where its result goes, and what lets more out than usual.
ONE_RUN = frozenset(
    "action added-after all allow-lower as at case claims date definitions evidence for grade help indicators internal json "
    "jsonl keep logs model-may-see name note open output plant private reader set since software state statement taxii-only "
    "dry-run resume suggest techniques texts timeline today told until update version victims sectors without".split()
)
_TRUE, _FALSE = frozenset({"1", "true", "yes", "on"}), frozenset({"0", "false", "no", "off"})
_WORDS: Mapping[type, str] = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", Path: "a path"}


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """The value of one option of one command, and where it was set."""

    command: str  # `hunt`, `knowledge show`
    option: str  # `logs-tlp`
    parameter: str  # what the parser calls it
    value: Any
    source: str  # an environment variable or a file


def commands(root: Command) -> dict[str, Command]:
    """All commands by name, `knowledge show` among them, in the order of `--help`."""
    found = {}
    for name, command in getattr(root, "commands", {}).items():
        inner = getattr(command, "commands", None)
        if inner is None:
            found[name] = command
        else:
            found |= {f"{name} {part}": one for part, one in inner.items()}
    return found


def settings_file() -> Path:
    """Where the settings are, whether or not the file is there."""
    named = os.environ.get("INDICIA_SETTINGS")
    return Path(named).expanduser() if named else platformdirs.user_config_path("indicia") / "config.toml"


def settable(commands: Mapping[str, Command]) -> dict[str, dict[str, Any]]:
    """The options of each command that may be set for every run: command -> long name without dashes -> its parameter."""
    return {
        name: {
            one.opts[0].removeprefix("--"): one
            for one in command.params
            if one.param_type_name == "option" and one.opts[0].removeprefix("--") not in ONE_RUN
        }
        for name, command in commands.items()
    }


def is_given() -> bool:
    """Whether there is anything to read: a file, or a variable of ours."""
    return settings_file().exists() or any(name.startswith("INDICIA_") for name in os.environ)


def in_force(commands: Mapping[str, Command]) -> tuple[Setting, ...]:
    """All that is set, in the order of commands and options, each by what wins. Raises: UsageError, where and what to do."""
    known = settable(commands)
    path = settings_file()
    held = _file(path, known)
    found = []
    for command, options in known.items():
        for option, parameter in options.items():
            for variable in (_variable(command, option), _variable("", option)):
                if text := os.environ.get(variable):
                    value, source = _of_text(parameter, text, variable), variable
                    break
            else:
                inner = _table(held, command)
                place = inner if option in inner else held
                if option not in place:
                    continue
                value, source = _of_toml(parameter, place[option], path, option), str(path)
            found.append(Setting(command=command, option=option, parameter=parameter.name, value=value, source=source))
    return tuple(found)


def by_command(settings: tuple[Setting, ...]) -> dict[str, Any]:
    """As the parser takes defaults: command -> parameter -> value, `knowledge show` as a table in a table."""
    out: dict[str, Any] = {}
    for one in settings:
        inner = out
        for word in one.command.split():
            inner = inner.setdefault(word, {})
        inner[one.parameter] = one.value
    return out


def _variable(command: str, option: str) -> str:
    """
    >>> _variable("hunt", "logs-tlp"), _variable("", "color")
    ('INDICIA_HUNT_LOGS_TLP', 'INDICIA_COLOR')
    """
    return "_".join(["INDICIA", *command.split(), option]).replace("-", "_").upper()


def _table(held: Mapping[str, Any], command: str) -> Mapping[str, Any]:
    for word in command.split():
        held = held.get(word, {})
    return held


def _file(path: Path, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What the file says, its names checked."""
    try:
        held = tomllib.loads(text_of(path))
    except (FileNotFoundError, NotADirectoryError):
        if os.environ.get("INDICIA_SETTINGS"):
            raise UsageError("no such file", where=str(path), hint="INDICIA_SETTINGS names it") from None
        return {}
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise UsageError("is not UTF-8", where=str(path), hint="save it as UTF-8") from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as error:  # a number too long, tables too deep
        raise UsageError(f"is not TOML: {error}", where=str(path), hint='write: unmarked = "clear"') from None
    for row in _unknown(held, known):
        raise UsageError(row[0], where=str(path), hint=row[1])
    return held


def _unknown(held: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """What the file says that nothing is called, each with what may have been meant."""
    anywhere = {option for options in known.values() for option in options}
    groups = {name.partition(" ")[0] for name in known}
    for key, value in held.items():
        if not isinstance(value, Mapping):
            if key not in anywhere:
                yield _no(key, anywhere)
        elif key not in groups:
            yield f"unknown table [{key}]", _near(key, groups) or f"commands are {', '.join(sorted(groups))}"
        else:
            for option, inner in value.items():
                if isinstance(inner, Mapping):
                    yield from _no_table(f"{key} {option}", inner, known)
                elif option not in known.get(key, {}):
                    yield _no(option, known.get(key, {}), f"[{key}] ")


def _no_table(command: str, held: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    name = command.replace(" ", ".")
    if command not in known:
        yield f"unknown table [{name}]", "tables are named after commands"
    for option in held:
        if option not in known.get(command, {}):
            yield _no(option, known.get(command, {}), f"[{name}] ")


def _no(key: str, names: Any, table: str = "") -> tuple[str, str]:
    if key in ONE_RUN:
        return f"{table}{key} cannot be set for every run", f"give it on the command line: --{key}"
    return f"{table}unknown setting {key!r}", _near(key, names) or f"known: {', '.join(sorted(names)) or 'none'}"


def _near(key: str, names: Any) -> str:
    near = difflib.get_close_matches(key, list(names), 1)
    return f"did you mean {near[0]!r}?" if near else ""


def _kind(parameter: Any) -> type:
    """The type of one value of an option."""
    annotation = parameter.type_descriptor.annotation
    inner = next((one for one in get_args(annotation) if isinstance(one, type)), annotation)
    return inner if isinstance(inner, type) else str


def _of_text(parameter: Any, text: str, variable: str) -> Any:
    """A value as the environment gives it; several paths stand as in PATH."""
    kind = _kind(parameter)
    if parameter.multiple:
        return text.split(os.pathsep) if kind is Path else [text]
    if kind is bool:
        if text.lower() not in _TRUE | _FALSE:
            raise UsageError(f"{variable} is {text!r}", hint="write 1 or 0")
        return text.lower() in _TRUE
    return _checked(parameter, kind(text) if kind in {int, float} and _is_number(text) else text, variable)


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


def _of_toml(parameter: Any, value: Any, path: Path, option: str) -> Any:
    """A value as the file gives it; paths are relative to the file."""
    where = f"{path}: {option}"
    values = value if parameter.multiple and isinstance(value, list) else [value]
    made = [_checked(parameter, one, where) for one in values]
    if _kind(parameter) is Path:
        made = [str(path.parent / Path(one).expanduser()) for one in made]
    return made if parameter.multiple else made[0]


def _checked(parameter: Any, value: Any, where: str) -> Any:
    kind = _kind(parameter)
    if issubclass(kind, Enum):
        allowed = [str(one.value) for one in kind]
        if value not in allowed:
            raise UsageError(f"{value!r} is not allowed", where=where, hint=f"one of: {', '.join(allowed)}")
        return value
    wanted: tuple[type, ...] = (int, float) if kind is float else (str,) if kind is Path else (kind,)
    if not isinstance(value, wanted) or (isinstance(value, bool) and kind is not bool):
        raise UsageError(f"{value!r} is not {_WORDS.get(kind, kind.__name__)}", where=where, hint="see docs/cli.md, Settings")
    return value
