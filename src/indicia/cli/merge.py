"""`indicia merge`: several parties' cases side by side."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.account import account
from indicia.cli import exits
from indicia.cli.options import Voice
from indicia.cli.talk import write_out
from indicia.errors import UsageError
from indicia.writing import PRIVATE, write_atomically

if TYPE_CHECKING:
    from indicia.records import Case


def merge(
    cases: Annotated[
        list[str],
        typer.Argument(help='Two or more, each as "Party name=CASE": a case file, a folder or one of our STIX bundles.'),
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The merged case: FILE.json, or a case file to add to.")],
    statement: Annotated[
        Path | None, typer.Option("--statement", help="Where to write the draft statement instead of stdout.")
    ] = None,
    *,
    voice: Voice,
) -> int:
    """Who agrees, who says more, who says less; and a joint statement of only what all signers say.

    [bold]Examples[/]

      indicia merge "European Union=eu/" "GB=uk.indicia" "US=us.stix.json" -o joint.json
    """
    from indicia.case import open_store
    from indicia.knowledge import load
    from indicia.pipeline import conclude
    from indicia.share.coalition import Signer
    from indicia.share.coalition import merge as merge_cases
    from indicia.share.plain import case_json
    from indicia.share.statement import statement_text

    if len(cases) < 2:
        raise UsageError("merging takes two or more cases", hint='for example: indicia merge "GB=uk/" "US=us/" -o joint.json')
    knowledge, parties = load(), []
    for word in cases:
        name, separator, where = word.partition("=")
        loaded = _load(where if separator else word)
        called = name.strip() if separator else loaded.name
        state, body = knowledge.state(called), knowledge.agencies.one(called)
        known = body.name if body and not state else called  # "EU" speaks as the European Union
        parties.append(Signer(name=known, case=loaded, state=state.code if state else None))
    if len({party.state or party.name for party in parties}) < len(parties):
        raise UsageError("two parties have the same name", hint='name them: "GB=uk/" "US=us/"')
    merged = conclude(merge_cases(parties, " + ".join(party.name for party in parties)), knowledge)
    voice.problems(merged.problems)
    if output.suffix == ".json":
        write_atomically(output, case_json(merged), new=PRIVATE)
    else:
        now = datetime.now(UTC).isoformat(timespec="seconds")

        def first(held: Case | None) -> Case:
            if held is not None:
                raise UsageError(f"{output} already has a case", hint="give a new file; merging never overwrites")
            return merged

        with open_store(output) as store:
            store.merge(first, author=account(), time=now, what="merge " + " ".join(cases))
    names = {row.id: row.name for row in knowledge.incidents}
    states = {row.code: row.name for row in knowledge.states}
    write_out(statement_text(parties, names, states).encode(), statement)
    return exits.E_OK


def _load(where: str) -> Case:
    from indicia.pipeline import is_store, load_case
    from indicia.share.stix import is_ours, read_bundle

    path = Path(where)
    if not is_store(where) and path.is_file():
        data = path.read_bytes()
        if is_ours(data):
            return read_bundle(data)
    return load_case(where)
