"""The last pages: how it was made, what it cannot say, everything that was left out, the sources, the versions."""

from __future__ import annotations

from collections import Counter

from indicia.records import Case, HuntVerdict, Problem, Severity, shown_marking
from indicia.share.brief.blocks import AnyBlock, Bullets, Fold, Heading, Section, note, row, table, warn
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
                for one in problems[:ROWS]
            ),
            shown=ROWS,
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
