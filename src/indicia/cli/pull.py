"""`indicia pull`: what a TAXII server offers, as one STIX bundle."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Output, Quiet, Verbose, talk
from indicia.cli.talk import write_out
from indicia.errors import InputError, UsageError
from indicia.writing import write_atomically

__all__ = ["Private", "TokenFile", "pull", "read_secret"]

TokenFile = Annotated[
    str | None, typer.Option("--token-file", help="A file with the token, or user:password; - reads it from stdin.")
]

Private = Annotated[bool, typer.Option("--private", help="Allow a host in your own network, or this machine.")]


def pull(
    url: Annotated[str, typer.Argument(help="A collection: https://HOST/ROOT/collections/ID/", show_default=False)],
    token_file: TokenFile = None,
    added_after: Annotated[
        str | None, typer.Option("--added-after", help="Only what was added later than this, such as 2026-11-24T00:00:00Z.")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Only what is new since -o FILE was pulled, added to that file.")
    ] = False,
    private: Private = False,
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """All objects of a TAXII 2.1 collection as one STIX bundle, ready for `indicia brief` or `indicia merge`.

    [bold]Examples[/]

      indicia pull https://taxii.example/api/collections/ID/ --token-file token.txt -o theirs.stix.json

      indicia pull https://taxii.example/api/collections/ID/ --update -o theirs.stix.json   [dim]again, what is new[/]
    """
    import orjson

    from indicia.share.stix.ids import object_id
    from indicia.share.taxii_client import joined
    from indicia.share.taxii_client import pull as pull_objects

    voice = talk(quiet, verbose, color)
    if update and (output is None or str(output) == "-" or added_after):
        raise UsageError("--update takes a file to update, and no --added-after", hint="indicia pull URL --update -o FILE")
    if added_after is not None and not _is_moment(added_after):
        raise UsageError(f"{added_after!r} is not a time", hint="with date, time and zone: 2026-11-24T00:00:00Z")
    held: list[dict[str, object]] = []
    if update and output is not None and Path(output).exists():
        held, added_after = _held(Path(output), url)
    pulled = pull_objects(url, read_secret(token_file), added_after=added_after, private=private)
    objects = joined(held, pulled.objects)
    id = object_id("bundle", *(f"{item.get('id')}{item.get('modified', '')}" for item in objects))
    write_out(orjson.dumps({"type": "bundle", "id": id, "objects": objects}, option=orjson.OPT_INDENT_2), output)
    if output is not None and str(output) != "-":
        write_atomically(_beside(Path(output)), orjson.dumps({"url": url, "added_last": pulled.last}))
    voice.say(f"{len(pulled.objects)} objects" + (f", {len(objects)} in all" if held else ""), "dim")
    return exits.E_OK


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _beside(file: Path) -> Path:
    """Where it stands how far a file was pulled."""
    return file.with_name(f"{file.name}.pulled")


def _held(file: Path, url: str) -> tuple[list[dict[str, object]], str | None]:
    """The objects in a file that was pulled from `url`, and when the last was added. Raises: InputError, UsageError."""
    import orjson

    try:
        mark = orjson.loads(_beside(file).read_bytes())
        objects = orjson.loads(file.read_bytes())["objects"]
        if mark["url"] != url:
            raise UsageError(f"{file} was pulled from {mark['url']}", hint="give another file with -o")
        return [item for item in objects if isinstance(item, dict)], mark["added_last"] or None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            "there is no record of how far this was pulled", where=str(file), hint="pull all of it again, without --update"
        ) from error


def read_secret(where: str | None) -> str | None:
    """What stands in the token file, or None without one. Raises: InputError."""
    if where is None:
        return None
    try:
        text = sys.stdin.readline() if where == "-" else Path(where).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise InputError(f"the token cannot be read: {reason}", where=where) from error
    if not text.strip():
        raise InputError("holds no token", where=where)
    return text.strip()
