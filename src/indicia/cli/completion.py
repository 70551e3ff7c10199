"""`indicia completion`: a script that lets bash, zsh or fish complete commands, options and the words they may be given."""

from __future__ import annotations

from typing import Annotated

import typer
from typer.completion import get_completion_script  # type: ignore[attr-defined]  # what --show-completion would print

from indicia.cli import exits
from indicia.errors import UsageError

__all__ = ["completion"]

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
    if shell not in SHELLS:
        raise UsageError(f"no completion for {shell!r}", hint="one of: " + ", ".join(SHELLS))
    typer.echo(get_completion_script(prog_name="indicia", complete_var="_INDICIA_COMPLETE", shell=shell))
    return exits.E_OK
