"""`indicia push`: a case to a TAXII server."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from indicia.cli import exits
from indicia.cli.marked import counting_as, tell_judgements
from indicia.cli.options import Color, Quiet, Told, Unmarked, Verbose, read_marking, talk
from indicia.cli.pull import TokenFile, read_secret

if TYPE_CHECKING:
    from indicia.records import Tlp
    from indicia.share.stix.versions import Offered

__all__ = ["push"]


def push(
    case: Annotated[str, typer.Argument(help="A case file, or the folder of a brief.", show_default=False)],
    url: Annotated[str, typer.Argument(help="A collection: https://HOST/ROOT/collections/ID/", show_default=False)],
    audience: Annotated[str, typer.Option("--for", help="What its readers are cleared for; the rest is left out.")] = "clear",
    told: Told = True,
    unmarked: Unmarked = None,
    token_file: TokenFile = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also send what this server already has, not only what is new or has changed.")
    ] = False,
    definitions: Annotated[
        bool,
        typer.Option(
            "--definitions/--no-definitions",
            help="Leave out the definitions of our extensions: medallion 3.0.0 cannot read a collection that has them.",
        ),
    ] = True,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """Send the case to a TAXII 2.1 collection; without --for only what is TLP:CLEAR. Names of machines and
    people and log lines are never sent.

    [bold]Examples[/]

      indicia push affair.indicia https://taxii.example/api/collections/ID/ --for green --token-file token.txt
    """
    from indicia.knowledge import load
    from indicia.pipeline import for_audience, opened_case
    from indicia.records import Tlp
    from indicia.share.stix import bundle_objects
    from indicia.share.stix.versions import versioned
    from indicia.share.taxii_client import push as push_objects
    from indicia.view.leaving import left_out

    voice = talk(quiet, verbose, color)
    knowledge, cleared = load(), read_marking(audience) or Tlp.CLEAR
    sent = Sent(case, url, cleared)
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with opened_case(case) as whole:
        held = counting_as(whole, unmarked)
        seen = for_audience(held, cleared, knowledge, told=told)
        tell_judgements(held, cleared, voice)
        for sentence in left_out(seen):
            voice.say(sentence)
        objects, offered = versioned(bundle_objects(seen, knowledge), sent.held, now)
    if not definitions:
        objects = [item for item in objects if item["type"] != "extension-definition"]
    new = [item for item in objects if everything or sent.held.get(item["id"]) != offered[item["id"]]]
    statuses = push_objects(url, new, read_secret(token_file)) if new else []
    refused = {failure.get("id") for status in statuses for failure in status.get("failures", [])}
    sent.keep({item["id"]: offered[item["id"]] for item in new if item["id"] not in refused})
    kept = sum(int(status.get("success_count", 0)) for status in statuses)
    failed = sum(int(status.get("failure_count", 0)) for status in statuses)
    pending = sum(int(status.get("pending_count", 0)) for status in statuses)
    known = f", {len(objects) - len(new)} sent before" if len(objects) > len(new) else ""
    voice.say(f"{kept} objects taken, {failed} refused, {pending} pending{known}")
    for status in statuses:
        for failure in status.get("failures", [])[:5]:
            voice.say(f"refused: {failure.get('id')}: {failure.get('message')}", "yellow")
    return exits.E_PARTIAL if failed else exits.E_OK


class Sent:
    """What a case in a store was sent of before, by the address it was sent to; nothing is kept of a case in another file."""

    def __init__(self, case: str, url: str, audience: Tlp) -> None:
        from indicia.case import open_store
        from indicia.pipeline import is_store
        from indicia.share.stix.versions import Offered

        self._case = case if is_store(case) else None
        self._to = f"push {audience.value} {url}"
        self.held: dict[str, Offered] = {}
        if self._case is not None:
            with open_store(self._case) as store:
                self.held = {id: msgspec.convert(row, Offered) for id, row in store.offered(self._to).items()}

    def keep(self, rows: Mapping[str, Offered]) -> None:
        """Remembers what the server has taken."""
        from indicia.case import open_store

        if self._case is not None and rows:
            with open_store(self._case) as store:
                store.offer(self._to, lambda held: {id: msgspec.to_builtins(row) for id, row in rows.items()})
