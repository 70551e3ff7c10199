"""Who says what: on page one a row for each thing that is said; in the annex each source's position with its words."""

from __future__ import annotations

from collections.abc import Sequence

from indicia.knowledge.articles import capital, the
from indicia.records import Case, Claim, Proposition, Stance, to_check
from indicia.share.brief.blocks import AnyBlock, Box, Fold, Para, Row, Table
from indicia.view.abroad import counted_words, firm_words, says_words, voices_words
from indicia.view.affair import subject
from indicia.view.judgements import listed, voices_of
from indicia.view.language import foreign, tell, tell_many
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.positions import Position, counted, is_narration, positions
from indicia.view.wording import in_quotes, many
from indicia.view.words import firmness_words, surely

__all__ = ["each_source", "firmly", "said_on", "who"]

ROWS = 6
DEEDS, TIES, ANSWERS = 3, 1, 1  # rows of page one
VOICES = 3  # sources in a row of page one
FOR_IT = frozenset({Stance.ENDORSES, Stance.CLAIMS})


def who(case: Case, notes: Notes) -> Box:
    """The box of page one: what most say, who denies it, from the weakest words to the firmest."""
    title = tell("Who says what")
    if not case.claims:
        text = tell(
            "Look through the texts yourself, or add statements, news or reports in which somebody accuses, denies or declines "
            "to name anyone."
        )
        nothing = Para(text=line(text), role="warn")
        return Box(id="who", title=title, lead=tell("No claims found"), tone="quiet", blocks=(nothing,))
    found = positions(subject(case).mine)
    sides = [one for one in found if not is_narration(one)]
    blocks: tuple[AnyBlock, ...]
    if sides:
        blocks = (_together(sides, notes),)
        return Box(
            id="who",
            title=title,
            lead=counted_words(found) if foreign() else counted(found),
            tone="blue",
            blocks=blocks,
            more="claims",
        )
    doubtful = positions(to_check(case.claims, case.judgements))
    if doubtful:
        text = tell("These may be claims, but the reader is not sure. Confirm or reject them: until then they do not count.")
        blocks = (Para(text=line(text), role="warn"), _together(doubtful, notes))
        return Box(id="who", title=title, lead=tell("Nothing sure: please check"), tone="warn", blocks=blocks, more="claims")
    blocks = (Para(text=line(tell("Only the texts themselves say so, in their own voice; no named source was found."))),)
    return Box(id="who", title=title, lead=tell("No named source found"), tone="quiet", blocks=blocks, more="claims")


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
            Table(
                caption="Denials, doubts and silence",
                head=("Source", "Stance", "Date", "Own words"),
                rows=tuple(_position_row(one, notes, full=False) for one in against),
                shown=ROWS,
                widths=(21, 26, 11, 42),
            )
        )
    if aside:
        table = _accusing("In the texts' own voice, without a source", aside, notes)
        each.append(
            Fold(summary=f"{many(len({id for one in aside for id in one.claims}), 'claim')} without a source", blocks=(table,))
        )
    doubtful = positions(to_check(case.claims, case.judgements))
    if doubtful:
        each.append(_accusing("Please check: the reader is not sure of these, so they do not count yet", doubtful, notes))
    if about.others:
        show = notes.index.show
        names = listed((show(one.incident or one.incident_id or "", 60) for one in about.others), 4)
        table = _accusing("Claims about other incidents", positions(about.others), notes)
        each.append(Fold(summary=f"{many(len(about.others), 'claim')} about other incidents: {names}", blocks=(table,)))
    return tuple(each)


def _together(found: Sequence[Position], notes: Notes) -> Table:
    """One row for each thing that is said, with all who say it, from the weakest words to the firmest."""
    show = notes.index.show
    said: dict[str, list[Position]] = {}
    for one in found:
        said.setdefault(one.says, []).append(one)
    # What most say first; the denial stands beside it, however many deeds and ties there are.
    order = sorted(said, key=lambda says: -len(said[says]))
    deeds = [says for says in order if said[says][0].names]
    ties = [says for says in order if said[says][0].tie]
    answers = [says for says in order if says not in deeds and says not in ties]
    answers.sort(key=lambda says: said[says][0].stance is not Stance.DENIES)
    first = [*deeds[:DEEDS], *ties[:TIES], *answers[:ANSWERS]]
    rows = []
    for says in (*first, *(says for says in order if says not in first)):
        mine = sorted(said[says], key=lambda one: one.said.firmness.strength)
        stance = mine[0].stance
        verb, whom, voices, firm = (_row_abroad if foreign() else _row)(mine)
        rows.append(
            Row(
                cells=(
                    line(Bit(text=verb, look="strong"), f" {show(whom, 90)}"),
                    line(show(voices, 160), notes=notes(one.firmest.id for one in mine)[:VOICES]),
                    line(show(firm, 90) if stance is Stance.ACCUSES else "\u2013"),
                ),
                tone={Stance.DENIES: "bad", Stance.ACCUSES: ""}.get(stance, "quiet"),
            )
        )
    return Table(
        caption=tell("What is said, by whom, and from the weakest words to the firmest"),
        head=(tell("Says"), tell("Who"), tell("How firmly")),
        rows=tuple(rows[: len(first)]),
        shown=len(first),
        left_out=len(rows) - len(first),
        elsewhere="the annex",
        rest=tell_many("{count} more row: in the annex.", "{count} more rows: in the annex.", len(rows) - len(first))
        if foreign()
        else "",
        widths=(32, 38, 30),
    )


def _row(mine: Sequence[Position]) -> tuple[str, str, str, str]:
    """The verb and its object, who says so, and how firmly, of those who say the same, the weakest first."""
    verb, _, whom = mine[0].says.partition(" ")
    words = list(dict.fromkeys(surely(one.said) or firmness_words(one.said) for one in mine))
    alike = mine[0].said.firmness is mine[-1].said.firmness
    firm = words[0] if len(words) == 1 else listed(words, 2) if alike else f"{words[0]} to {words[-1]}"
    return capital(verb), the(whom), listed(voices_of(_firmest_first(mine)), VOICES), firm


def _row_abroad(mine: Sequence[Position]) -> tuple[str, str, str, str]:
    return *says_words(mine[0]), voices_words(_firmest_first(mine), VOICES), firm_words(mine)


def _firmest_first(found: Sequence[Position]) -> Sequence[Position]:
    return sorted(found, key=lambda one: -one.said.firmness.strength)


def _accusing(caption: str, found: Sequence[Position], notes: Notes) -> Table:
    return Table(
        caption=caption,
        head=("Source", "Says", "Level", "How firmly", "Grounds", "Date", "Own words"),
        rows=tuple(_position_row(one, notes, full=True) for one in found),
        shown=ROWS,
        widths=(16, 18, 8, 13, 10, 10, 25),
    )


def _position_row(one: Position, notes: Notes, *, full: bool) -> Row:
    show, claim = notes.index.show, one.firmest
    more = f" (and {len(one.claims) - 1} more)" if len(one.claims) > 1 else ""
    quote = line(Bit(text=in_quotes(show(claim.quote.text, 120)), look="quote"), more, notes=notes((claim.id,)))
    said = said_on(claim, claim.date, notes)
    verb, _, whom = one.saying.partition(" ")
    says = line(Bit(text=verb, look="strong"), f" {show(whom, 110)}")
    if not full:
        return Row(
            cells=(line(show(one.who, 90)), says, said, quote),
            tone="bad" if one.stance is Stance.DENIES else "quiet",
        )
    level = one.level.value if one.level else "\u2013"
    return Row(
        cells=(
            line(show(one.who, 90)),
            says,
            line(level),
            firmly(one.said, notes),
            line(claim.basis.value),
            said,
            quote,
        ),
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
