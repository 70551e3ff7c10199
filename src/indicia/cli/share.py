"""`indicia share`: pass it on, one file each."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from typer import Argument, Option

from indicia.account import account
from indicia.cli import exits
from indicia.cli.options import Language, Output, Told, Unmarked, Voice, markings, read_language, read_marking
from indicia.cli.results import counting_as, tell_judgements, tell_unmarked
from indicia.cli.talk import to_terminal, write_out
from indicia.errors import UsageError
from indicia.writing import PRIVATE, held_there, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from indicia.cli.talk import Talk
    from indicia.records import Case, Tlp

BINARY = ("pdf", "docx")


def formats() -> list[str]:
    """What a shell may complete a format to."""
    from indicia.share import FORMATS

    return list(FORMATS)


def share(
    case: str = Argument(..., help="A case file, or the folder of a brief.", show_default=False),
    form: str = Option(
        ...,
        "--as",
        help="md, html, pdf, docx, card, json, stix, misp, navigator, attack-flow, csv, timesketch, eurepoc, ledger, jsonld",
        show_default=False,
        autocompletion=formats,
    ),
    tlp: str | None = Option(
        None, help="Mark it like this; refuses to lower the marking without --allow-lower.", autocompletion=markings
    ),
    allow_lower: str | None = Option(None, help="Why the marking may be lowered; the export and the case keep this sentence."),
    audience: str | None = Option(
        None, "--for", help="Leave out what people cleared for this marking may not see, and say so.", autocompletion=markings
    ),
    told: Told = True,
    unmarked: Unmarked = None,
    internal: bool = Option(False, "--internal", help="Include names of your machines and people, and log lines."),
    full: bool = Option(False, "--full", help="md, html, pdf, docx: print every annex in full."),
    lang: Language = "en",
    texts: bool = Option(False, "--texts", help="STIX: include the full texts, not only the quotes."),
    beside: list[str] | None = Option(
        None, "--with", help="STIX: also what we advise, as objects: measures.", show_default=False
    ),
    output: Output = None,
    *,
    voice: Voice,
) -> int:
    """Write the case as one file, in a format that others can read.

    [bold]Examples[/]

      indicia share brief/ --as stix -o bundle.json

      indicia share brief/ --as docx -o brief.docx   [dim]to go on writing in Word or LibreOffice[/]

      indicia share brief/ --as csv > indicators.csv

      indicia share brief/ --as card -o card.png   [dim]who said what, in which words: one picture (or .svg)[/]

      indicia share affair.indicia --as stix --for green   [dim]leaves out what is above TLP:GREEN[/]
    """
    from indicia.pipeline import opened_case
    from indicia.share.redact import marking_of

    _may_be_made(form, output, beside or ())
    how = _How(internal, texts, full, read_language(lang), bool(beside))
    marking, cleared = read_marking(tlp), read_marking(audience)
    with opened_case(case) as whole:
        subject = _seen_by(cleared, counting_as(whole, unmarked), voice, told=told, laid_over=form != "json")
        if marking is not None:
            subject = _marked(subject, marking, allow_lower, case)
        write_out(_made(subject, form, voice, output, how), output)
    tell_unmarked(subject, voice)
    voice.say(f"marked {marking_of(subject).label}", "dim")
    return exits.E_OK


class _How(NamedTuple):
    """How much of the case the file holds, and in which language."""

    internal: bool
    texts: bool
    full: bool
    lang: str
    measures: bool


def _may_be_made(form: str, output: Path | None, beside: Sequence[str]) -> None:
    """Raises: UsageError."""
    from indicia.share import FORMATS

    if form not in FORMATS:
        raise UsageError(f"no format {form!r}", hint="one of: " + ", ".join(sorted(FORMATS)))
    if form in BINARY and to_terminal(output):
        raise UsageError(f"a {form.upper()} is not for a terminal", hint=f"name a file: -o brief.{form}")
    if others := {*beside} - {"measures"}:
        raise UsageError(f"nothing is called {min(others)!r} that could be added", hint="--with measures")


def _seen_by(audience: Tlp | None, case: Case, voice: Talk, *, told: bool, laid_over: bool) -> Case:
    """The case as people left it, without what the audience may not see. In a file that can be passed on again nothing is laid
    over the machine's records."""
    from indicia.knowledge import load
    from indicia.pipeline import for_audience
    from indicia.share.redact import redact
    from indicia.view.wording import left_out

    seen = for_audience(case, audience, load(), told=told, laid_over=laid_over)
    if audience is not None:
        is_whole = redact(case, audience) is case
        for sentence in left_out(seen) if told or is_whole else ("Parts were left out, and it does not say so.",):
            voice.say(sentence)
        tell_judgements(case, audience, voice)
    return seen


def _made(case: Case, form: str, voice: Talk, output: Path | None, how: _How) -> Iterable[bytes]:
    """The file, piece by piece; a card as PNG where it is to be a `.png`."""
    from indicia.knowledge import load
    from indicia.share import pieces
    from indicia.share.card import card_png
    from indicia.share.internals import without_internals
    from indicia.share.stix import pieces as stix_pieces

    if not how.internal:
        if case.hunt is not None or case.judgements:
            voice.say("names of machines and people, log lines and notes were left out; --internal includes them", "dim")
        case = without_internals(case)
    if form == "stix":
        before = held_there(output)
        return stix_pieces(case, load(), internal=how.internal, texts=how.texts, measures=how.measures, before=before)
    if form == "card" and output is not None and output.suffix.lower() == ".png":
        return (card_png(case),)
    return pieces(case, form, load(), full=how.full, language=how.lang)


def _marked(subject: Case, marking: Tlp, reason: str | None, where: str) -> Case:
    """The case under the marking. A lowering is kept in the case before anything leaves."""
    from indicia.case import open_store
    from indicia.pipeline import is_store
    from indicia.share.redact import mark

    before = len(subject.judgements)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    marked = mark(subject, marking, reason=reason, author=account(), time=now)
    if is_store(where):
        with open_store(where) as store:
            for judgement in marked.judgements[before:]:
                store.judge(judgement)
    return marked


# `indicia merge`: several parties' cases side by side.
def merge(
    cases: list[str] = Argument(
        ..., help='Two or more, each as "Party name=CASE": a case file, a folder or one of our STIX bundles.'
    ),
    output: Path = Option(..., "--output", "-o", help="The merged case: FILE.json, or a case file to add to."),
    statement: Path | None = Option(None, help="Where to write the draft statement instead of stdout."),
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
    from indicia.share.coalition import Signer, statement_text
    from indicia.share.coalition import merge as merge_cases
    from indicia.share.indicators import case_json

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
