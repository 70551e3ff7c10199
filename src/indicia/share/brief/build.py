"""From a case to the blocks of a brief. Pure: nothing here knows the day or the machine."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec

from indicia.affairs.identity import name_of
from indicia.knowledge import load
from indicia.records import Case, HuntVerdict, Problem, Severity, shown_marking, those_counted, to_check
from indicia.share.brief.blocks import (
    AnyBlock,
    Brief,
    Bullets,
    Columns,
    Fold,
    Heading,
    Labels,
    Section,
    Table,
    note,
    row,
    table,
    warn,
)
from indicia.share.brief.pages.affair import affair_section, claims_section, timeline_section
from indicia.share.brief.pages.front import gist, judgements_section, page_one
from indicia.share.brief.pages.holds import grounds_section
from indicia.share.brief.pages.measures import measures_section
from indicia.share.brief.pages.ours import hunt_section
from indicia.share.brief.pages.techniques import BriefKnowledge, indicator_section, technique_section
from indicia.share.redact import marking_of
from indicia.view.affair import subject, titled
from indicia.view.judgements import key_judgements
from indicia.view.language import foreign, language, tell, tell_many
from indicia.view.lines import Line, line
from indicia.view.moments import day_of
from indicia.view.notes import Index, Notes
from indicia.view.positions import positions
from indicia.view.wording import is_public, is_said, left_out


def build(case: Case, knowledge: Any, *, full: bool = False, before: Case | None = None) -> Brief:
    """The brief of a case, ready for any writer. Unless `full`, techniques that the accused are only known for are counted and
    left out, with the measures that answer nothing else. Page one and all headings are in the language that is spoken
    (`view.language`), the annexes in English. `before` is the case as the last brief told it."""
    notes, known = Notes(Index(case)), BriefKnowledge(knowledge)
    found = positions(those_counted(case.claims, case.judgements))
    judgements = key_judgements(case)
    told = gist(case, notes)
    first = page_one(case, notes, before)
    sections = (
        judgements_section(judgements, notes),
        affair_section(case, notes),
        timeline_section(case, notes),
        claims_section(case, found, notes),
        hunt_section(case, notes),
        technique_section(case, notes, known, full=full),
        grounds_section(case, notes, known),
        measures_section(case, notes, full=full),
        indicator_section(case, notes),
        method_section(case, notes),
        limits_section(case, notes),
        sources_section(case, notes),
    )
    show = notes.index.show
    # The affair that the texts are about says more to a reader than the name of a folder.
    title = titled(case)
    kicker = [tell("Attribution brief")]
    # What the program itself called the case says nothing that the title does not.
    if case.name != title and case.name != name_of(case, load()):
        kicker.append(tell("case {name}", name=show(case.name, 80)))
    return Brief(
        title=show(title, 120),
        kicker=" \u00b7 ".join(kicker),
        subtitle=_subtitle(case),
        marking=marking_of(case).label,
        language=language(),
        labels=_labels(),
        gist=told,
        page_one=first,
        sections=tuple(msgspec.structs.replace(one, title=tell(one.title)) for one in sections) if foreign() else sections,
        notes=notes.made,
        footer=tell(
            "Made with Indicia {version}. Each raised number leads to the quote or log line that its sentence rests on.",
            version=show(case.versions.indicia, 20),
        ),
    )


def _labels() -> Labels:
    return Labels(
        kind=tell("attribution brief"),
        skip=tell("Skip to who says what"),
        more=tell("more"),
        annex=tell("Annex"),
        annexes=tell("Annexes"),
        notes=tell("Notes: what each sentence rests on"),
        no_notes=tell("No sentence of this brief rests on a record: there are none yet."),
        english=tell("The annexes are in English.") if foreign() else "",
    )


def _subtitle(case: Case) -> str:
    """The span of dates that the case covers, and how much it rests on."""
    days = [bound for text in _dates(case) for bound in day_of(text) or ()]
    span = tell(" to ").join(dict.fromkeys((min(days).isoformat(), max(days).isoformat()))) if days else tell("no dates")
    doubtful = len(to_check(case.claims, case.judgements))
    ours = tell("public version without our own logs") if is_public(case) else tell("no logs")
    if case.hunt:
        seen = tell_many("{count} sighting", "{count} sightings", len(case.hunt.sightings))
        ours = tell_many("{seen} in {count} log file", "{seen} in {count} log files", len(case.hunt.files), seen=seen)
    claims = tell_many("{count} claim", "{count} claims", len(case.claims))
    if doubtful:
        claims += tell(" ({count} to check)", count=doubtful)
    parts = [
        span,
        tell_many("{count} text", "{count} texts", len(case.documents)),
        claims,
        ours,
    ]
    return " \u00b7 ".join(parts)


def _dates(case: Case) -> list[str]:
    """Of the texts that tell the affair and of what is said on it, and of traces in our logs; not of what they look back on."""
    about = subject(case)
    found = [document.published for document in case.documents if document.id in about.story.documents]
    found += [claim.date for claim in about.mine if claim.id in about.on_it]
    if case.hunt:
        found += [one.event.time.date().isoformat() for one in case.hunt.sightings if one.event.time]
    return [date for date in found if date]


# What a brief on paper leaves out: folds and the rest of long tables. Each is counted and named; `--full` prints all.
ELSEWHERE = "brief.html and the full brief"
ROWS = 6  # rows of a table that stay
SLACK = 2  # so few more are not worth cutting


def abridged(brief: Brief) -> Brief:
    """The brief with the first rows of each annex's tables, of each fold its name, and the notes that are still asked for."""
    sections = tuple(
        Section(id=one.id, title=one.title, blocks=tuple(_short(block) for block in one.blocks)) for one in brief.sections
    )
    numbers: dict[int, int] = {}
    gist, page_one, sections = (_renumbered(part, numbers) for part in (brief.gist, brief.page_one, sections))
    by_number = {note.number: note for note in brief.notes}
    notes = tuple(msgspec.structs.replace(by_number[old], number=new) for old, new in numbers.items())
    return msgspec.structs.replace(brief, gist=gist, page_one=page_one, sections=sections, notes=notes)


def _renumbered(part: Any, numbers: dict[int, int]) -> Any:
    """Records with the numbers of their notes counted anew, in the order of first use."""
    if isinstance(part, tuple):
        return tuple(_renumbered(one, numbers) for one in part)
    if isinstance(part, Line):
        return Line(bits=part.bits, notes=tuple(numbers.setdefault(one, len(numbers) + 1) for one in part.notes))
    if isinstance(part, msgspec.Struct):
        return type(part)(**{name: _renumbered(getattr(part, name), numbers) for name in part.__struct_fields__})
    return part


def _short(block: AnyBlock) -> AnyBlock:
    if isinstance(block, Table):
        shown = min(block.shown, ROWS)
        if len(block.rows) <= shown + SLACK:
            return block
        rest = len(block.rows) - shown + block.left_out
        return msgspec.structs.replace(block, rows=block.rows[:shown], left_out=rest, elsewhere=ELSEWHERE)
    if isinstance(block, Columns):
        return Columns(columns=tuple(tuple(_short(inner) for inner in column) for column in block.columns))
    if isinstance(block, Fold):
        return note(f"{block.summary}: in {ELSEWHERE}.")
    return block


# The last pages: how it was made, what it cannot say, everything that was left out, the sources, the versions.
MOST_PROBLEMS = 200


def method_section(case: Case, notes: Notes) -> Section:
    """What was done to get here, and the data that it rests on."""
    show = notes.index.show
    items = (
        "Texts were read for claims (who takes which stance towards whom), techniques, flaws, indicators and "
        "names, each with its place in the text.",
        "A claim counts once for each utterance it goes back to; levels are kept apart (a place is not a "
        "state, a group is not an agency).",
        "Logs were searched with rules and with the indicators of the texts; an attempt and a success are "
        "told apart by what the line itself shows.",
        "What was observed and what was said are weighed apart and never added together.",
        "Measures are ordered by how much of the case's weight they cover for their effort. docs/advice.md "
        "and docs/brief.md say how.",
        "Likelihood words follow ICD 203: almost no chance (1 to 5%), very unlikely (5 to 20), unlikely (20 "
        "to 45), roughly even chance (45 to 55), "
        "likely (55 to 80), very likely (80 to 95), almost certain (95 to 99).",
    )
    versions = table(
        "Versions: the same input with the same versions gives the same brief",
        {"What": 60, "Version": 40},
        (
            row("Indicia", show(case.versions.indicia, 40)),
            *(row(show(name, 80), show(version, 40)) for name, version in case.versions.knowledge),
        ),
        shown=20,
    )
    return Section(id="method", title="Method", blocks=(Bullets(items=tuple(line(text) for text in items)), versions))


def limits_section(case: Case, notes: Notes) -> Section:
    """What this brief cannot say, and everything that could not be used, counted and named."""
    show = notes.index.show
    items: list[Line] = [
        line("The brief repeats what sources said; it does not check whether they are right."),
        line(
            "The reader misses claims and misreads others, and rules match by mistake: look at the quoted sentence or log line "
            "before you act on it."
        ),
    ]
    if case.hunt is None or case.hunt.verdict is HuntVerdict.NO_LOGS:
        why = "This is the public version" if is_public(case) else "No logs were searched"
        items.append(line(f"{why}: nothing here says whether it happened to us."))
    else:
        items.append(
            line("The logs show only what they record, and only as far back as they reach; an intruder may have changed them.")
        )
    if case.weighing is None:
        items.append(line("Nothing was weighed."))
    if case.judgements:
        items.append(
            line(
                f"{len(case.judgements)} judgements of people are kept with the case; they stand beside the machine's "
                "own results."
            )
        )
    # One line says that something was left out for an audience, and no count of anything else does.
    items += [line(sentence) for sentence in left_out(case)]
    # The pipeline repeats the hunt's problems in the case's own list.
    every = (*case.problems, *(case.hunt.problems if case.hunt else ()))
    problems = list(dict.fromkeys(one for one in every if not is_said(one)))
    blocks: list[AnyBlock] = [Bullets(items=tuple(items))]
    rules = [one for one in case.hunt.rules if one.skipped is not None] if case.hunt else []
    problems += [Problem(where=f"rule {one.id} {one.title}", what=f"could not run: {one.skipped}") for one in rules]
    total = sum(one.count for one in problems)
    if problems:
        counts: Counter[Severity] = Counter()
        for one in problems:
            counts[one.severity] += one.count
        words = {Severity.FAILED: "could not be used at all", Severity.SKIPPED: "lost a part", Severity.NOTE: "only noted"}
        text = ", ".join(f"{counts[kind]} {words[kind]}" for kind in words if counts[kind])
        whole = table(
            "What could not be used",
            {"Where": 32, "What": 34, "Times": 9, "What to do": 25},
            (
                row(
                    show(one.where, 140),
                    show(one.what, 200),
                    str(one.count),
                    show(one.hint, 160) or "\u2013",
                    tone="bad" if one.severity is Severity.FAILED else "quiet" if one.severity is Severity.NOTE else "",
                )
                for one in problems[:MOST_PROBLEMS]
            ),
            shown=MOST_PROBLEMS,
            of=len(problems),
        )
        blocks.append(Heading(text=f"Left out: {total} in all ({text})", id="problems"))
        blocks.append(
            whole if len(problems) <= 12 else Fold(summary=f"{len(problems)} kinds of things left out", blocks=(whole,))
        )
    else:
        blocks.append(note("Nothing that was given had to be left out."))
    return Section(id="limits", title="Limits", blocks=tuple(blocks))


def sources_section(case: Case, notes: Notes) -> Section:
    """The numbered sources."""
    show = notes.index.show
    if not case.documents:
        return Section(id="sources", title="Sources", blocks=(warn("No text was read."),))
    rows = tuple(
        row(
            f"[{number}]",
            show(notes.index.title(document), 140),
            show(document.publisher or "\u2013", 80),
            show(document.published or "no date", 20),
            show(document.name, 160),
            shown_marking(document.marking),
            document.sha256[:16],
            id=f"source-{number}",
        )
        for number, document in enumerate(case.documents, 1)
    )
    whole = table(
        "Sources, with the first half of the fingerprint (SHA-256) of what was read",
        {"No.": 6, "Title": 24, "Publisher": 14, "Date": 11, "File or address": 21, "Marking": 10, "Fingerprint": 14},
        rows[:1000],
        shown=40,
        of=len(rows),
    )
    return Section(id="sources", title="Sources", blocks=(whole,))
