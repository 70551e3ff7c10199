"""`indicia completion`: a script that lets bash, zsh or fish complete commands and options. Made from the parser itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import typer
from rich.text import Text

from indicia.cli import exits
from indicia.errors import UsageError
from indicia.records import Tlp

__all__ = ["commands", "completion", "options"]

Command = Any  # of the parser, whose types typer does not export
SHELLS = ("bash", "zsh", "fish")


def completion(
    shell: Annotated[str, typer.Argument(help="bash, zsh or fish", show_default=False)],
) -> int:
    """Print the script that completes commands and options in your shell.

    [bold]Examples[/]

      indicia completion bash > ~/.local/share/bash-completion/completions/indicia

      indicia completion zsh > "${fpath[1]}/_indicia"

      indicia completion fish > ~/.config/fish/completions/indicia.fish
    """
    from indicia.cli.main import app, register

    if shell not in SHELLS:
        raise UsageError(f"no completion for {shell!r}", hint="one of: " + ", ".join(SHELLS))
    register()
    found = commands(typer.main.get_command(app))
    print("\n".join({"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](found)))  # noqa: T201 - the script that was asked for
    return exits.E_OK


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


def options(command: Command) -> Iterator[tuple[str, str, bool]]:
    """The options of a command as (`--output`, help in plain words, whether it takes a value), `--help` last."""
    for parameter in command.params:
        if parameter.param_type_name == "option":
            help = Text.from_markup(getattr(parameter, "help", "") or "").plain
            for name in (*parameter.opts, *parameter.secondary_opts):
                if name.startswith("--"):
                    takes = not getattr(parameter, "is_flag", False) and not getattr(parameter, "count", False)
                    yield name, help, takes
    yield "--help", "Show this message and exit.", False


def _values() -> Mapping[str, tuple[str, ...]]:
    """The words that an option may be given, where they are few."""
    from indicia.cli.judge import ACTIONS
    from indicia.share import FORMATS

    markings = tuple(one.value for one in Tlp)
    return {"--as": FORMATS, "--action": ACTIONS, "--tlp": markings, "--for": markings, "--logs-tlp": markings}


def _first(command: Command) -> str:
    """What a command does, in its first sentence."""
    text = Text.from_markup((command.help or "").strip().partition("\n")[0]).plain
    return text.rstrip(".").replace("'", "’")


def _bash(found: Mapping[str, Command]) -> Iterator[str]:
    heads = dict.fromkeys(name.partition(" ")[0] for name in found)
    yield "# bash completion for indicia"
    yield "_indicia() {"
    yield '  local cur="${COMP_WORDS[COMP_CWORD]}" prev="${COMP_WORDS[COMP_CWORD-1]}" words=""'
    yield '  case "$prev" in'
    for option, values in _values().items():
        yield f'    {option}) COMPREPLY=($(compgen -W "{" ".join(values)}" -- "$cur")); return ;;'
    yield "  esac"
    yield '  case "${COMP_WORDS[1]}" in'
    for head in heads:
        mine = [command for name, command in found.items() if name.partition(" ")[0] == head]
        inner = [name.partition(" ")[2] for name in found if name.startswith(f"{head} ")]
        words = dict.fromkeys((*inner, *(name for command in mine for name, _, _ in options(command))))
        yield f'    {head}) words="{" ".join(words)}" ;;'
    yield "  esac"
    yield f'  [ "$COMP_CWORD" -eq 1 ] && words="{" ".join(heads)} --help --version"'
    yield '  COMPREPLY=($(compgen -W "$words" -- "$cur"))'
    yield "}"
    yield "complete -o default -o bashdefault -F _indicia indicia"


def _zsh(found: Mapping[str, Command]) -> Iterator[str]:
    def quoted(word: str, help: str) -> str:
        return "'" + f"{word}:{help}".replace("'", "’").replace(":", "\\:").replace("\\:", ":", 1) + "'"

    yield "#compdef indicia"
    yield "_indicia() {"
    yield "  local -a found"
    yield "  if (( CURRENT == 2 )); then"
    heads: dict[str, Command] = {}
    for name, command in found.items():
        heads.setdefault(name.partition(" ")[0], command)
    told = " ".join(quoted(head, _first(command)) for head, command in heads.items())
    yield f"    found=({told})"
    yield "    _describe command found; return"
    yield "  fi"
    yield "  case $words[CURRENT-1] in"
    for option, values in _values().items():
        yield f"    {option}) found=({' '.join(values)}); _describe value found; return ;;"
    yield "  esac"
    yield "  case $words[2] in"
    for head in heads:
        rows = {row[0]: row for name, command in found.items() if name.partition(" ")[0] == head for row in options(command)}
        yield f"    {head}) found=({' '.join(quoted(name, help) for name, help, _ in rows.values())}) ;;"
    yield "  esac"
    yield "  if [[ $PREFIX == -* ]]; then _describe -o option found; else _files; fi"
    yield "}"
    yield 'if [ "$funcstack[1]" = "_indicia" ]; then _indicia "$@"; else compdef _indicia indicia; fi'


def _fish(found: Mapping[str, Command]) -> Iterator[str]:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    yield "# fish completion for indicia"
    values = _values()
    for name, command in found.items():
        head, _, inner = name.partition(" ")
        if inner:
            yield f"complete -c indicia -n '__fish_seen_subcommand_from {head}' -a {inner} -d {quoted(_first(command))}"
        else:
            yield f"complete -c indicia -n __fish_use_subcommand -a {head} -d {quoted(_first(command))}"
        for option, help, takes in options(command):
            given = f" -a {quoted(' '.join(values[option]))}" if option in values else ""
            row = f"complete -c indicia -n '__fish_seen_subcommand_from {head}' -l {option[2:]} -d {quoted(help)}"
            yield f"{row}{' -r' if takes else ''}{given}"
