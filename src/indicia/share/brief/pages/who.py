"""Who says what: on page one a row for each thing that is said; in the annex each source's position with its words."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.records import Case, Claim, Proposition, Stance, to_check
from indicia.share.brief.blocks import AnyBlock, Box, Fold, Row, Table, para, row, table, warn
from indicia.view import slots
from indicia.view.affair import Subject, subject
from indicia.view.judgements import listed
from indicia.view.language import colon, joined, quoted, tell
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.positions import Position, is_narration, positions
from indicia.view.slots import Slot
from indicia.view.wording import in_quotes, many
from indicia.view.words import firmness_words

ROWS = 6
VOICES = 4  # sources in a row of page one
FOR_IT = frozenset({Stance.ENDORSES, Stance.CLAIMS})
TONES = {Slot.DENIED: "bad", Slot.OPEN: "quiet", Slot.DOUBTED: "quiet", Slot.TAKEN_BACK: "quiet"}


def who(case: Case, notes: Notes, about: Subject | None = None) -> Box:
    """The box of page one, or that of another affair of the case: a row for each thing that is said, slot by slot; what is to
    be checked last, and marked."""
    title = tell("Who says what") if about is None else tell("Who says what of it")
    id = "who" if about is None else "who-else"
    if not case.claims:
        text = tell(
            "Look through the texts yourself, or add statements, news or reports in which somebody accuses, denies or declines "
            "to name anyone."
        )
        nothing = warn(text)
        return Box(id=id, title=title, lead=tell("No claims found"), tone="quiet", blocks=(nothing,))
    found = slots.rows(case, about or subject(case))
    if not found:
        text = tell("Nobody is accused of this deed, as far as the reader found; the annex has what is said of others.")
        return Box(id=id, title=title, lead=tell("No claims found"), tone="quiet", blocks=(para(text),), more="claims")
    sure = any(one.sure for one in found)
    lead = slots.counted(found) if sure else tell("Nothing sure: please check")
    whole = _table(found, notes)
    return Box(id=id, title=title, lead=lead, tone="blue" if sure else "warn", blocks=(whole,), more="claims")


def _table(found: Sequence[slots.Row], notes: Notes) -> Table:
    return table(
        tell("What is said, by whom, in which words; what is marked to check does not count yet"),
        {tell("Says"): 42, tell("Who"): 28, tell("How firmly"): 18, tell("When"): 12},
        (_row(one, notes) for one in found),
        shown=len(found),
    )


def _row(one: slots.Row, notes: Notes) -> Row:
    show = notes.index.show
    voices = [show(voice, 110) for voice in one.voices[:VOICES]]
    if len(one.voices) > VOICES:
        voices.append(tell("{count} more", count=len(one.voices) - VOICES))
    said = f"{colon()}{quoted(show(one.quote))}" if one.quote else ""
    firm = [show(one.firmly, 90)] if one.firmly else []
    if not one.sure:
        firm.append(tell("please check"))
    return row(
        line(Bit(text=one.verb, look="strong"), f" {show(one.whom, 110)}{said}"),
        line(joined(voices), notes=notes(one.claims[:VOICES])),
        "; ".join(firm) or "\u2013",
        show(one.when, 20),
        tone=TONES.get(one.slot, "") if one.sure else "warn",
    )


def each_source(case: Case, notes: Notes) -> tuple[AnyBlock, ...]:
    """The annex: each source in its own words; denials, doubts and silence apart, and what is not about this affair."""
    about = subject(case)
    found = positions(about.mine)
    told = [one for one in found if not is_narration(one)]
    deeds = [one for one in told if one.names or one.stance in FOR_IT]
    ties = [one for one in told if one.tie]
    against = [one for one in found if one.stance not in {Stance.ACCUSES, *FOR_IT}]
    aside = [one for one in found if is_narration(one) and one not in against]
    each: list[AnyBlock] = []
    if deeds:
        each.append(_accusing("Who is accused of it, and by whom", deeds, notes))
    if ties:
        each.append(_accusing("Who is tied to whom (this does not say who did it)", ties, notes))
    if against:
        each.append(
            table(
                "Denials, doubts and silence",
                {"Source": 21, "Stance": 26, "Date": 11, "Own words": 42},
                (_position_row(one, notes, full=False) for one in against),
                shown=ROWS,
            )
        )
    if aside:
        whole = _accusing("In the texts' own voice, without a source", aside, notes)
        each.append(
            Fold(summary=f"{many(len({id for one in aside for id in one.claims}), 'claim')} without a source", blocks=(whole,))
        )
    doubtful = positions(to_check(case.claims, case.judgements))
    if doubtful:
        each.append(_accusing("Please check: the reader is not sure of these, so they do not count yet", doubtful, notes))
    if about.others:
        show = notes.index.show
        names = listed((show(one.incident or one.incident_id or "", 60) for one in about.others), 4)
        whole = _accusing("Claims about other incidents", positions(about.others), notes)
        each.append(Fold(summary=f"{many(len(about.others), 'claim')} about other incidents: {names}", blocks=(whole,)))
    return tuple(each)


def _accusing(caption: str, found: Sequence[Position], notes: Notes) -> Table:
    return table(
        caption,
        {"Source": 16, "Says": 18, "Level": 8, "How firmly": 13, "Grounds": 10, "Date": 10, "Own words": 25},
        (_position_row(one, notes, full=True) for one in found),
        shown=ROWS,
    )


def _position_row(one: Position, notes: Notes, *, full: bool) -> Row:
    show, claim = notes.index.show, one.firmest
    more = f" (and {len(one.claims) - 1} more)" if len(one.claims) > 1 else ""
    quote = line(Bit(text=in_quotes(show(claim.quote.text, 120)), look="quote"), more, notes=notes((claim.id,)))
    said = said_on(claim, claim.date, notes)
    verb, _, whom = one.saying.partition(" ")
    says = line(Bit(text=verb, look="strong"), f" {show(whom, 110)}")
    if not full:
        return row(show(one.who, 90), says, said, quote, tone="bad" if one.stance is Stance.DENIES else "quiet")
    level = one.level.value if one.level else "\u2013"
    return row(
        show(one.who, 90),
        says,
        level,
        firmly(one.said, notes),
        claim.basis.value,
        said,
        quote,
        tone="" if one.stance is Stance.ACCUSES else "good",
    )


def firmly(said: Proposition, notes: Notes) -> Line:
    """How surely a deed or a tie was said: the ledger's word and the speaker's own."""
    cue = (Bit(text=f" \u201c{notes.index.show(said.cue.text, 60)}\u201d", look="quote"),) if said.cue else ()
    return line(firmness_words(said), *cue)


def said_on(claim: Claim, date: str | None, notes: Notes) -> Line:
    """The claim's date; where the text gives none, the date of the text itself, called so."""
    show = notes.index.show
    document = notes.index.documents.get(claim.quote.document)
    if date:
        return line(Bit(text=show(date, 20), look="date"))
    if document and document.published:
        return line(Bit(text="text: ", look="quiet"), Bit(text=show(document.published, 20), look="date"))
    return line("no date")
