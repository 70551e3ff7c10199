"""`indicia pull`: what a TAXII server offers, as one STIX bundle."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Output, Quiet, Verbose, talk
from indicia.cli.talk import write_out
from indicia.errors import InputError

__all__ = ["TokenFile", "pull", "read_secret"]

TokenFile = Annotated[
    str | None, typer.Option("--token-file", help="A file with the token, or user:password; - reads it from stdin.")
]


def pull(
    url: Annotated[str, typer.Argument(help="A collection: https://HOST/ROOT/collections/ID/", show_default=False)],
    token_file: TokenFile = None,
    added_after: Annotated[
        str | None, typer.Option("--added-after", help="Only what was added later, as 2026-11-24T00:00:00Z.")
    ] = None,
    output: Output = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """All objects of a TAXII 2.1 collection as one STIX bundle, ready for `indicia brief` or `indicia merge`.

    [bold]Examples[/]

      indicia pull https://taxii.example/api/collections/ID/ --token-file token.txt -o theirs.stix.json
    """
    import orjson

    from indicia.share.stix.ids import object_id
    from indicia.share.taxii_client import pull as pull_objects

    voice = talk(quiet, verbose, color)
    objects = pull_objects(url, read_secret(token_file), added_after=added_after)
    id = object_id("bundle", *(f"{item.get('id')}{item.get('modified', '')}" for item in objects))
    write_out(orjson.dumps({"type": "bundle", "id": id, "objects": objects}, option=orjson.OPT_INDENT_2), output)
    voice.say(f"{len(objects)} objects", "dim")
    return exits.E_OK


def read_secret(where: str | None) -> str | None:
    """What stands in the token file, or None without one. Raises: InputError."""
    if where is None:
        return None
    try:
        text = sys.stdin.readline() if where == "-" else Path(where).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the token cannot be read", where=where) from error
    if not text.strip():
        raise InputError("holds no token", where=where)
    return text.strip()
