"""The affair as a table: each utterance once, in the order of its day, with whom it answers and what it changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import floor

from indicia.affairs.origins import day_of as day_said
from indicia.knowledge.articles import capital, the
from indicia.records import (
    Affair,
    AffairRow,
    Case,
    Channel,
    Claim,
    Document,
    Judgement,
    Prominence,
    Shift,
    Span,
    Stance,
    rejected,
    to_check,
)
from indicia.share.brief.blocks import (
    AnyBlock,
    Bullets,
    Fold,
    Heading,
    Para,
    Passage,
    Row,
    Section,
    Table,
    note,
    para,
    row,
    table,
    warn,
)
from indicia.share.brief.pages.who import each_source, firmly, said_on
from indicia.share.brief.pictures import claim_graph, timeline
from indicia.view.affair import origins
from indicia.view.judgements import listed
from indicia.view.lines import Bit, Line, line
from indicia.view.moments import LANES, Moment, day_of, moments
from indicia.view.notes import Notes
from indicia.view.positions import Position
from indicia.view.wording import many
from indicia.view.words import firmness_words, known_state, propositions, source_words

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
        blocks.append(warn(nothing if case.claims else "No claim was found."))
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
    return table(
        "Each utterance once, oldest first; copies are counted, not listed",
        {"Date": 11, "Who": 14, "Says": 19, "Level": 8, "How firmly": 14, "Grounds": 10, "Compared with others": 24},
        rows[:ROWS],
        shown=ROWS,
        of=len(rows),
    )


def _day(claim: Claim, notes: Notes) -> str:
    return day_said(claim, notes.index.documents)


def _row(claim: Claim, position: AffairRow, changes: list[Shift], copies: set[str], notes: Notes) -> Row:
    show = notes.index.show
    said = propositions(claim) if claim.stance in {Stance.ACCUSES, Stance.ENDORSES} else ()
    firm = [bit for number, (_, how) in enumerate(said) for bit in (("; " if number else ""), *firmly(how, notes).bits)]
    says = "; ".join(words for words, _ in propositions(claim))
    return row(
        said_on(claim, claim.date, notes),
        Bit(text=show(source_words(claim), 80), look="strong"),
        line(show(says, 140), notes=notes((claim.id,))),
        claim.accused.level.value if claim.accused.level else "–",
        line(*firm or ("–",)),
        claim.basis.value,
        "; ".join(_standing(claim, position, changes, copies, notes)) or "–",
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


# The claims: the graph of who says what about whom, each source's position, each claim with its text marked; the timeline.
OPEN = 6  # claims in full before the fold
REACH = 160  # characters of context around a quote
LONGEST = 2000  # characters of a quote
DATED = 60


def timeline_section(case: Case, notes: Notes) -> Section:
    """The picture, the gap between detection and attribution, and the same as a table."""
    show, found = notes.index.show, moments(case, notes)
    short = [Moment(date=one.date, lane=one.lane, label=one.who or one.label, traces=one.traces) for one in found]
    picture = timeline(short, show)
    if picture is None:
        nothing = warn("Nothing in this case has a date. Give --date for texts that do not state their own.")
        return Section(id="timeline", title="Timeline", blocks=(nothing,))
    blocks: list[AnyBlock] = [picture]
    for affair in case.affairs:
        text = lag_words(affair.first_detected, affair.first_private, affair.first_official)
        if text and affair.incident_id:
            blocks.append(para(Bit(text=f"{show(affair.name, 80)}: ", look="strong"), show(text)))
    names = {key: name for key, name, _ in LANES}
    rows = sorted(found, key=lambda one: (one.date, [key for key, _, _ in LANES].index(one.lane), one.label))
    dated = [one for one in rows if day_of(one.date)]
    whole = table(
        "Everything with a date",
        {"Date": 14, "Kind": 22, "What": 64},
        (
            row(show(one.date[:10]), names[one.lane], line(show(one.label, 140), notes=notes(one.traces)))
            for one in dated[:DATED]
        ),
        shown=DATED,
        of=len(dated),
    )
    blocks.append(Fold(summary=f"The timeline as a table ({many(len(dated), 'row')})", blocks=(whole,)))
    published = {document.id for document in case.documents if document.published}
    claims = sum(claim.date is None and claim.quote.document not in published for claim in case.claims)
    texts = len(case.documents) - len(published)
    undated = [many(count, word) for count, word in ((claims, "claim"), (texts, "text")) if count]
    if undated:
        blocks.append(note(f"Not in the picture, because they have no date: {listed(undated)}."))
    return Section(id="timeline", title="Timeline", blocks=tuple(blocks))


def claims_section(case: Case, found: Sequence[Position], notes: Notes) -> Section:
    """The graph, each source's position, then each claim with its sentence, the words that count marked."""
    show = notes.index.show
    if not case.claims:
        nothing = warn(
            "No claim was found. A claim needs somebody who speaks, a stance (accuses, endorses, denies, declines or "
            "questions) and the words that express it; the reader misses some."
        )
        return Section(id="claims", title="Who says what, in their own words", blocks=(nothing,))
    blocks: list[AnyBlock] = []
    picture = claim_graph(found, show)
    if picture:
        blocks.append(picture)
    blocks += each_source(case, notes)
    blocks.append(note(f"{traced_back(case.claims, origins(case))}; copies of one utterance add no weight."))
    for affair in case.affairs:
        if affair.shifts:
            groups: dict[tuple[str, str, str], list[Shift]] = defaultdict(list)
            for shift in affair.shifts:
                groups[(shift.later, shift.kind, shift.note)].append(shift)
            items = tuple(dict.fromkeys(_shift(mine, notes) for mine in groups.values()))
            blocks += [Heading(text=f"What changed: {show(affair.name, 80)}"), Bullets(items=items[:12])]
    blocks.append(
        note(
            "Marked: ",
            Bit(text="who speaks", look="mark-source"),
            ", ",
            Bit(text="who is named", look="mark-accused"),
            ", ",
            Bit(text="the deed", look="mark-act"),
            ", ",
            Bit(text="the tie", look="mark-tie"),
            ", ",
            Bit(text="how surely", look="mark-cue"),
            ".",
        )
    )
    refused = rejected(case.judgements)
    doubtful = {claim.id for claim in to_check(case.claims, case.judgements)}
    passages = tuple(_passage(claim, notes, refused.get(claim.id), doubtful=claim.id in doubtful) for claim in case.claims)
    blocks += passages[:OPEN]
    if len(passages) > OPEN:
        blocks.append(Fold(summary=f"{many(len(passages) - OPEN, 'more claim')} in their own words", blocks=passages[OPEN:]))
    return Section(id="claims", title="Who says what, in their own words", blocks=tuple(blocks))


CHANGES = {"repeat": "repeats", "refine": "refines", "supersede": "supersedes", "contradict": "contradicts"}


def _shift(mine: Sequence[Shift], notes: Notes) -> Line:
    """One claim beside the earlier ones that it changes in the same way."""
    show, claims, first = notes.index.show, notes.index.claims, mine[0]
    new, earlier = claims.get(first.later), [claims[one.earlier] for one in mine if one.earlier in claims]
    who = show(source_words(new), 80) if new else "a later claim"
    verb = CHANGES.get(first.kind.rstrip("s"), show(first.kind, 20))
    dates = {one.date for one in earlier}
    when = f" of {show(dates.pop() or '', 20)}" if len(dates) == 1 and None not in dates else ""
    others = list(dict.fromkeys(source_words(one) for one in earlier))
    if not others:
        whose = "an earlier claim"
    elif new and others == [source_words(new)]:
        whose = "its own claim"
    else:
        whose = f"what {show(listed(map(the, others)), 160)} said"
    more = f": {show(first.note, 160).rstrip('.')}" if first.note else ""
    traces = (first.later, *(one.earlier for one in mine))
    return line(f"{capital(the(who))} {verb} {whose}{when}{more}.", notes=notes(traces))


def _passage(claim: Claim, notes: Notes, refusal: Judgement | None, *, doubtful: bool) -> Passage:
    show = notes.index.show
    document = notes.index.documents.get(claim.quote.document)
    about: list[str | Bit] = [
        Bit(text=show(source_words(claim), 80), look="strong"),
        " ",
    ]
    for number, (words, how) in enumerate(propositions(claim)):
        verb, _, whom = words.partition(" ")
        about += ["; " if number else "", f"{verb} ", Bit(text=show(whom, 110), look="strong"), f" ({firmness_words(how)})"]
    grounds = ", ".join(ground.basis.value for ground in claim.grounds) or claim.basis.value
    facts = [claim.accused.level.value] if claim.accused.level else []
    facts += [f"grounds: {grounds}"] + ([f"channel: {claim.channel.value}"] if claim.channel is not Channel.UNKNOWN else [])
    if claim.prominence is Prominence.BACKGROUND:
        facts.append("said in passing")
    if known := known_state(claim):
        facts.append(show(known, 160))
    if claim.date:
        facts.append(show(claim.date, 20))
    if claim.motives:
        facts.append(f"motive: {', '.join(one.value for one in claim.motives)}")
    if claim.victims:
        facts.append(f"against {show(', '.join(span.text for span in claim.victims[:3]), 90)}")
    if claim.source.via:
        facts.append(f"via {show(', '.join(span.text for span in claim.source.via), 80)}")
    if doubtful:
        facts.append(f"please check: read with a score of {floor(100 * claim.score) / 100:.2f}")
    if refusal:
        why = f": {show(refusal.note, 160)}" if refusal.note else ""
        facts.append(f"rejected by {show(refusal.author, 60)}{why}")
    about.append(" \u00b7 " + " \u00b7 ".join(facts))
    bits = tuple(_marked(claim, document, notes)) if document else (Bit(text=show(claim.quote.text, 600)),)
    return Passage(
        id=claim.id,
        about=line(*about),
        text=Line(bits=bits),
        where=notes.index.where(claim.quote),
        tone="quiet"
        if refusal
        else {
            Stance.DENIES: "bad",
            Stance.DECLINES: "quiet",
            Stance.QUESTIONS: "warn",
            Stance.WITHDRAWS: "warn",
            Stance.ENDORSES: "good",
        }.get(claim.stance, ""),
    )


def _marked(claim: Claim, document: Document, notes: Notes) -> Iterable[Bit]:
    """The quote with a little context, the words that count marked. Overlapping marks: the first one wins."""
    show, quote = notes.index.show, claim.quote
    marks: list[tuple[Span, str]] = []
    for span, look in (
        (claim.source.party.span if claim.source.party else None, "mark-source"),
        (claim.accused.party.span if claim.accused.party else None, "mark-accused"),
        (claim.deed.cue if claim.deed else None, "mark-cue"),
        (claim.tie.cue if claim.tie else None, "mark-cue"),
        (claim.tie.words if claim.tie else None, "mark-tie"),
        *((ground.cue, "mark-cue") for ground in claim.grounds),
        (claim.act, "mark-act"),
    ):
        if span and quote.start <= span.start < span.end <= quote.end and span.document == quote.document:
            marks.append((span, look))
    taken: list[tuple[int, int, str]] = []
    for span, look in marks:
        if all(span.end <= start or span.start >= end for start, end, _ in taken):
            taken.append((span.start, span.end, look))
    if quote.end - quote.start > LONGEST:
        # A "sentence" without an end: what lies around its marks is enough.
        first = min((start for start, _, _ in taken), default=quote.start)
        start = max(quote.start, first - REACH)
        end = min(quote.end, start + LONGEST)
        taken = [mark for mark in taken if mark[1] <= end]
        quote = Span(document=quote.document, start=start, end=end, text=document.text[start:end])
    low, high = _context(document, quote)
    before, after = document.text[low : quote.start].lstrip(), document.text[quote.end : high].rstrip()
    if before:
        yield Bit(text=show(before), look="quiet")
    at = quote.start
    for start, end, look in sorted(taken):
        if at < start:
            yield Bit(text=show(document.text[at:start]))
        yield Bit(text=show(document.text[start:end]), look=look)
        at = end
    if at < quote.end:
        yield Bit(text=show(document.text[at : quote.end]))
    if after:
        yield Bit(text=show(after), look="quiet")


def _context(document: Document, quote: Span) -> tuple[int, int]:
    """Whole sentences of the same block before and after the quote, no more than `REACH` characters each."""
    block = document.block_at(quote.start)
    first = max(block.start if block else 0, quote.start - REACH)
    last = min(max(block.end, quote.end) if block else len(document.text), quote.end + REACH)
    low, high = quote.start, quote.end
    if block and first == block.start:
        low = first
    else:
        cut = document.text.find(". ", first, quote.start)
        low = cut + 2 if cut >= 0 else quote.start
    if block and last == max(block.end, quote.end):
        high = last
    else:
        cut = document.text.rfind(". ", quote.end, last)
        high = cut + 1 if cut >= 0 else quote.end
    return low, high
