"""`indicia push`: a case to a TAXII server."""

from __future__ import annotations

from typing import Annotated

import typer

from indicia.cli import exits
from indicia.cli.options import Color, Quiet, Verbose, read_marking, talk
from indicia.cli.pull import TokenFile, read_secret

__all__ = ["push"]


def push(
    case: Annotated[str, typer.Argument(help="A case file, or the folder of a brief.", show_default=False)],
    url: Annotated[str, typer.Argument(help="A collection: https://HOST/ROOT/collections/ID/", show_default=False)],
    audience: Annotated[str, typer.Option("--for", help="What its readers are cleared for; the rest is left out.")] = "clear",
    token_file: TokenFile = None,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """The case to a TAXII 2.1 collection; without --for only what is TLP:CLEAR. Machines, people and log lines never leave.

    [bold]Examples[/]

      indicia push affair.indicia https://taxii.example/api/collections/ID/ --for green --token-file token.txt
    """
    from indicia.knowledge import load
    from indicia.pipeline import load_case
    from indicia.records import Tlp
    from indicia.share.redact import left_out, redact
    from indicia.share.stix import bundle_objects
    from indicia.share.taxii_client import push as push_objects

    voice = talk(quiet, verbose, color)
    seen = redact(load_case(case), read_marking(audience) or Tlp.CLEAR)
    for sentence in left_out(seen):
        voice.say(sentence)
    statuses = push_objects(url, bundle_objects(seen, load()), read_secret(token_file))
    kept = sum(int(status.get("success_count", 0)) for status in statuses)
    failed = sum(int(status.get("failure_count", 0)) for status in statuses)
    pending = sum(int(status.get("pending_count", 0)) for status in statuses)
    voice.say(f"{kept} objects taken, {failed} refused, {pending} pending")
    for status in statuses:
        for failure in status.get("failures", [])[:5]:
            voice.say(f"refused: {failure.get('id')}: {failure.get('message')}", "yellow")
    return exits.E_PARTIAL if failed else exits.E_OK
