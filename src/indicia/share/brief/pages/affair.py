"""The affair as a table: each utterance once, in the order of its day, with whom it answers and what it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from indicia.affairs import origins
from indicia.records import Affair, AffairRow, Case, Claim, Shift, Stance, rejected
from indicia.share.brief.blocks import AnyBlock, Fold, Para, Row, Section, Table
from indicia.share.brief.pages.who import firmly, said_on
from indicia.view.lines import Bit, Line, line
from indicia.view.moments import day_of
from indicia.view.notes import Notes
from indicia.view.wording import many
from indicia.view.words import propositions, source_words

ROWS = 40
SHIFTS = {"refine": "refines", "supersede": "supersedes", "contradict": "contradicts"}


def affair_section(case: Case, notes: Notes) -> Section:
    """The largest affair open, the others folded."""
    blocks: list[AnyBlock] = []
    affairs = [one for one in case.affairs if one.rows]
    for number, affair in enumerate(affairs):
        made: list[AnyBlock] = [Para(text=_summary(affair, notes)), _table(affair, case, notes)]
        if number == 0:
            blocks += made
        else:
            blocks.append(Fold(summary=f"{notes.index.show(affair.name, 80)}: {_count(affair)}", blocks=tuple(made)))
    if not blocks:
        nothing = "No claim counts: those that were found are still to be checked, or were rejected."
        blocks.append(Para(text=line(nothing if case.claims else "No claim was found."), role="warn"))
    return Section(id="affair", title="The affair, step by step", blocks=tuple(blocks))


def _count(affair: Affair) -> str:
    return many(sum(len(row.claims) for row in affair.rows), "claim")


def _summary(affair: Affair, notes: Notes) -> Line:
    claims = [notes.index.claims[one] for row in affair.rows for one in row.claims if one in notes.index.claims]
    count = affair.origins
    voices = f"{many(count, 'independent voice')} {'accuses' if count == 1 else 'accuse'} somebody"
    told = f"{traced_back(claims, len({claim.origin or claim.id for claim in claims}))}; {voices}. "
    lag = lag_words(affair.first_detected, affair.first_private, affair.first_official)
    told += notes.index.show(lag[:1].upper() + lag[1:], 300)
    return line(Bit(text=f"{notes.index.show(affair.name, 100)}: ", look="strong"), told)


def traced_back(claims: Sequence[Claim], utterances: int) -> str:
    """From how many claims in how many texts to how many first utterances."""
    texts = len({claim.quote.document for claim in claims})
    goes = "goes" if len(claims) == 1 else "go"
    return f"{many(len(claims), 'claim')} in {many(texts, 'text')} {goes} back to {many(utterances, 'utterance')}"


def lag_words(detected: str | None, private: str | None, official: str | None) -> str:
    """How long attribution took, as far as the dates tell: a sentence, or nothing."""
    parts = [
        f"first detected {detected} (from our tables)" if detected else "",
        f"first private attribution {private}" if private else "",
    ]
    parts.append(f"first official attribution {official}" if official else "")
    text = ", ".join(part for part in parts if part)
    start, end = day_of(private or detected or ""), day_of(official or "")
    if start and end and end[0] > start[1]:
        least, most = (end[0] - start[1]).days, (end[1] - start[0]).days
        since = "private" if private else "detection"
        span = f"{least} days" if least == most else f"{least} to {most} days"
        text += (
            f"; {span} from {'private to official attribution' if since == 'private' else 'detection to official attribution'}"
        )
    return f"{text}." if text else ""


def _table(affair: Affair, case: Case, notes: Notes) -> Table:
    claims, out = notes.index.claims, rejected(case.judgements)
    row_of = {one: row for row in affair.rows for one in row.claims}
    passed_on: dict[str, set[str]] = defaultdict(set)
    for one in row_of:
        claim = claims.get(one)
        if claim is not None and claim.origin:
            passed_on[claim.origin].add(claim.quote.document)
    first = [claims[one] for one in row_of if one in claims and one not in out and (claims[one].origin or one) == one]
    first += [
        claims[one]
        for one in row_of
        if one in claims and one not in out and claims[one].origin and claims[one].origin not in row_of
    ]
    first.sort(key=lambda claim: (_day(claim, notes), claim.quote.document, claim.quote.start, claim.id))
    changes: dict[str, list[Shift]] = defaultdict(list)
    for shift in affair.shifts:
        changes[shift.later].append(shift)
    rows = tuple(_row(claim, row_of[claim.id], changes[claim.id], passed_on[claim.id], notes) for claim in first)
    return Table(
        caption="Each utterance once, oldest first; copies are counted, not listed",
        head=("Date", "Who", "Says", "Level", "How firmly", "Grounds", "Compared with others"),
        rows=rows[:ROWS],
        shown=ROWS,
        left_out=len(rows[ROWS:]),
        elsewhere="the JSON form",
        widths=(11, 14, 19, 8, 14, 10, 24),
    )


def _day(claim: Claim, notes: Notes) -> str:
    return origins.day_of(claim, notes.index.documents)


def _row(claim: Claim, position: AffairRow, changes: list[Shift], copies: set[str], notes: Notes) -> Row:
    show = notes.index.show
    said = propositions(claim) if claim.stance in {Stance.ACCUSES, Stance.ENDORSES} else ()
    firm = [bit for number, (_, how) in enumerate(said) for bit in (("; " if number else ""), *firmly(how, notes).bits)]
    says = "; ".join(words for words, _ in propositions(claim))
    return Row(
        cells=(
            said_on(claim, claim.date, notes),
            line(Bit(text=show(source_words(claim), 80), look="strong")),
            line(show(says, 140), notes=notes((claim.id,))),
            line(claim.accused.level.value if claim.accused.level else "–"),
            line(*firm or ("–",)),
            line(claim.basis.value),
            line("; ".join(_standing(claim, position, changes, copies, notes)) or "–"),
        ),
        tone={
            Stance.DENIES: "bad",
            Stance.ENDORSES: "good",
            Stance.DECLINES: "quiet",
            Stance.QUESTIONS: "warn",
            Stance.WITHDRAWS: "warn",
        }.get(claim.stance, ""),
    )


def _standing(claim: Claim, position: AffairRow, changes: list[Shift], copies: set[str], notes: Notes) -> list[str]:
    show, claims = notes.index.show, notes.index.claims
    out = []
    if claim.stance is Stance.ENDORSES and position.endorses:
        out.append(f"endorses {show(', '.join(position.endorses), 90)}")
    if claim.stance is Stance.ACCUSES and position.denied_by:
        out.append(f"denied by {show(', '.join(position.denied_by), 90)}")
    for shift in changes:
        earlier = claims.get(shift.earlier)
        if earlier is None or shift.kind not in SHIFTS:
            continue
        if source_words(earlier) == source_words(claim):
            out.append(f"{SHIFTS[shift.kind]} its own of {show(_day(earlier, notes), 20)} ({show(shift.note, 90)})")
        elif claim.stance is Stance.ACCUSES and earlier.stance is Stance.ACCUSES:
            out.append(f"contradicts {show(source_words(earlier), 60)} ({show(shift.note, 60)})")
    if copies:
        out.append(f"passed on in {many(len(copies), 'text')}")
    return out
