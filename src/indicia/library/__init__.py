"""The public library: what `import indicia` gives. Described in docs/library.md, with what does not change."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from indicia.case import open_store
from indicia.knowledge import load
from indicia.library.cases import Case, Found, Table, Weighed
from indicia.records import Case as Record
from indicia.records import Measure, Weighing

__all__ = ["Case", "Found", "Table", "Weighed", "advise", "brief", "hunt", "open_store", "read", "weigh"]


def read(*sources: str | Path, name: str = "case", published: str | None = None) -> Case:
    """Who says what in texts: files of any common format, or folders of them. Raises nothing for what a file holds.

    `published` is the ISO date of texts that do not tell their own. What could not be read is in `case.problems`.
    """
    return Case.build(sources, name=name, published=published)


def hunt(*logs: str | Path, rules: Iterable[str | Path] = (), case: Case | None = None, builtin: bool = True) -> Found:
    """What logs show: files, folders or archives, by our rule pack (unless not `builtin`), Sigma `rules`, and the indicators
    that the texts of `case` state. Raises: InputError for a rule path that is not there."""
    from indicia.hunt.run import hunt as through
    from indicia.pipeline.build import sought

    wanted = sought(case.record.mentions) if case is not None else ()
    paths = [Path(log) for log in logs]
    return Found(through(paths, rules=[Path(rule) for rule in rules], builtin=builtin, indicators=wanted))


def weigh(case: Case, *, found: Found | None = None) -> Weighed:
    """Whether the grounds hold: the hypotheses by what was observed, beside what is said. `found` adds what logs showed."""
    return Weighed(_weighing(_with(case, found)))


def advise(case: Case, *, found: Found | None = None, have: Iterable[str] = ()) -> Table[Measure]:
    """What to do, in order. `found` adds what logs showed; `have` are words for what is in place ("edr", "mfa")."""
    from indicia.advise.advice import advise as measures

    record = _with(case, found)
    return Table(Measure, measures(record, load(), have=tuple(have) or None).measures)


def brief(case: Case, folder: str | Path, *, full: bool = False, language: str = "en") -> list[Path]:
    """Writes the brief of a case into `folder` as `indicia brief` does; returns the files: page one with its annexes as HTML,
    Markdown and PDF; the case as JSON, STIX, MISP and tables. `full` prints every annex; `language` ("en", "de", "fr") is that
    of page one and the headings.

    Raises: UsageError for another language, OSError.
    """
    from indicia.pipeline import as_left, write_brief

    knowledge = load()
    return write_brief(as_left(case.record, knowledge), Path(folder), knowledge, full=full, language=language)


def _with(case: Case, found: Found | None) -> Record:
    """The record of a case, with another hunt where one is given."""
    if found is None:
        return case.record
    from indicia.pipeline import conclude

    return conclude(msgspec.structs.replace(case.record, hunt=msgspec.structs.replace(found.record, stats=())), load())


def _weighing(record: Record) -> Weighing:
    if record.weighing is not None:
        return record.weighing
    from indicia.pipeline import conclude

    concluded = conclude(record, load()).weighing
    assert concluded is not None
    return concluded
