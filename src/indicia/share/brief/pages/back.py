"""The last pages: how it was made, what it cannot say, everything that was left out, the sources, the versions."""

from __future__ import annotations

from collections import Counter

from indicia.records import Case, HuntVerdict, Problem, Severity, shown_marking
from indicia.share.brief.blocks import AnyBlock, Bullets, Fold, Heading, Para, Row, Section, Table
from indicia.view.lines import Line, line
from indicia.view.notes import Notes
from indicia.view.wording import is_public, is_said, left_out

ROWS = 200


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
    versions = Table(
        caption="Versions: the same input with the same versions gives the same brief",
        head=("What", "Version"),
        rows=(
            Row(cells=(line("Indicia"), line(show(case.versions.indicia, 40)))),
            *(Row(cells=(line(show(name, 80)), line(show(version, 40)))) for name, version in case.versions.knowledge),
        ),
        shown=20,
        widths=(60, 40),
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
        table = Table(
            caption="What could not be used",
            head=("Where", "What", "Times", "What to do"),
            rows=tuple(
                Row(
                    cells=(
                        line(show(one.where, 140)),
                        line(show(one.what, 200)),
                        line(str(one.count)),
                        line(show(one.hint, 160) or "\u2013"),
                    ),
                    tone="bad" if one.severity is Severity.FAILED else "quiet" if one.severity is Severity.NOTE else "",
                )
                for one in problems[:ROWS]
            ),
            shown=ROWS,
            left_out=max(0, len(problems) - ROWS),
            elsewhere="the JSON form",
            widths=(32, 34, 9, 25),
        )
        blocks.append(Heading(text=f"Left out: {total} in all ({text})", id="problems"))
        blocks.append(
            table if len(problems) <= 12 else Fold(summary=f"{len(problems)} kinds of things left out", blocks=(table,))
        )
    else:
        blocks.append(Para(text=line("Nothing that was given had to be left out."), role="note"))
    return Section(id="limits", title="Limits", blocks=tuple(blocks))


def sources_section(case: Case, notes: Notes) -> Section:
    """The numbered sources."""
    show = notes.index.show
    if not case.documents:
        return Section(id="sources", title="Sources", blocks=(Para(text=line("No text was read."), role="warn"),))
    rows = tuple(
        Row(
            id=f"source-{number}",
            cells=(
                line(f"[{number}]"),
                line(show(notes.index.title(document), 140)),
                line(show(document.publisher or "\u2013", 80)),
                line(show(document.published or "no date", 20)),
                line(show(document.name, 160)),
                line(shown_marking(document.marking)),
                line(document.sha256[:16]),
            ),
        )
        for number, document in enumerate(case.documents, 1)
    )
    table = Table(
        caption="Sources, with the first half of the fingerprint (SHA-256) of what was read",
        head=("No.", "Title", "Publisher", "Date", "File or address", "Marking", "Fingerprint"),
        rows=rows[:1000],
        shown=40,
        left_out=max(0, len(rows) - 1000),
        elsewhere="the JSON form",
        widths=(6, 24, 14, 11, 21, 10, 14),
    )
    return Section(id="sources", title="Sources", blocks=(table,))
