"""A case in Python: what texts say, what logs show, and what follows."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

import msgspec

from indicia import records
from indicia.errors import UsageError
from indicia.knowledge import load
from indicia.library.tables import Table
from indicia.pipeline import build, load_case
from indicia.records import Claim, Document, Hunt, HuntVerdict, Mention, Posterior, Problem, Sighting, Tlp, Weighing
from indicia.share import render
from indicia.share.internals import without_internals
from indicia.view.judgements import key_judgements


class Case:
    """Everything about one affair. Immutable; the same input gives the same case.

    `record` is the record behind it, with all that the tables leave out.
    """

    def __init__(self, record: records.Case) -> None:
        self.record = record

    @classmethod
    def build(
        cls,
        sources: Iterable[str | Path],
        logs: Iterable[str | Path] = (),
        *,
        rules: Iterable[str | Path] = (),
        name: str | None = None,
        have: Iterable[str] = (),
        published: str | None = None,
    ) -> Case:
        """The main job in one call: texts read, logs searched, grounds weighed, measures put in order.

        `sources` are files, folders; `logs` files or folders of logs, `rules` Sigma rules beside our own; `name` is what it is
        called, by default what it is about; `have` are words for what is in place already ("edr", "mfa"); `published` is the
        ISO date of texts that do not tell their own.
        What cannot be used is in `problems`.
        """
        record = build(
            [str(source) for source in sources],
            [Path(log) for log in logs],
            rules=[Path(rule) for rule in rules],
            name=name,
            have=have,
            published=published,
        )
        return cls(record)

    @classmethod
    def load(cls, path: str | Path) -> Case:
        """The case in a case file, a `case.json`, the folder of a brief, or behind a database URL.

        Raises: InputError when there is none, FormatError, StoreError.
        """
        return cls(load_case(path))

    @property
    def name(self) -> str:
        return self.record.name

    @property
    def documents(self) -> Table[Document]:
        """The texts, in the order in which they were read."""
        return Table(Document, self.record.documents)

    @property
    def claims(self) -> Table[Claim]:
        """Who takes which stance toward whom, for what, how firmly; each with its exact quote."""
        return Table(Claim, self.record.claims)

    @property
    def mentions(self) -> Table[Mention]:
        """Techniques, indicators, vulnerabilities and names, each at its place."""
        return Table(Mention, self.record.mentions)

    @property
    def problems(self) -> Table[Problem]:
        """What could not be used, and where."""
        return Table(Problem, self.record.problems)

    @property
    def judgements(self) -> tuple[str, ...]:
        """What it comes to, in sentences: the first page of a brief."""
        return tuple(sentence.text for sentence in key_judgements(self.record))

    def share(self, format: str, *, internal: bool = False, unmarked: str | None = None) -> bytes:
        """One file: "stix", "misp", "navigator", "csv", "md", "html", "pdf", "json", "timesketch", or an exporter of a plugin.

        Names of machines and people and log lines stay out unless `internal`. `unmarked` is the TLP as which texts count that
        bear none ("clear" for public ones; "amber" if not said). Raises: UsageError, ExtraError.
        """
        record = self.record if internal else without_internals(self.record)
        if unmarked is not None:
            try:
                record = msgspec.structs.replace(record, unmarked=Tlp.read(unmarked))
            except ValueError as error:
                raise UsageError(str(error)) from error
        return render(record, format, load())

    def __repr__(self) -> str:
        return f"<Case {self.name!r}: {len(self.documents)} documents, {len(self.claims)} claims>"

    def _repr_html_(self) -> str:
        said = "".join(f"<li>{escape(sentence)}</li>" for sentence in self.judgements)
        return f"<h3>{escape(self.name)}</h3><ul>{said}</ul>{self.claims._repr_html_()}"


class Found:
    """What a hunt through logs found. `record` is the record behind it."""

    def __init__(self, record: Hunt) -> None:
        self.record = record

    @property
    def verdict(self) -> HuntVerdict:
        """What the logs show, never more than they reach."""
        return self.record.verdict

    @property
    def reason(self) -> str:
        """The verdict in a sentence, with how far the logs reach."""
        return self.record.reason

    @property
    def sightings(self) -> Table[Sighting]:
        """Rules and indicators that matched, by time."""
        return Table(Sighting, self.record.sightings)

    @property
    def problems(self) -> Table[Problem]:
        """Records and rules that could not be used."""
        return Table(Problem, self.record.problems)

    def __repr__(self) -> str:
        return f"<Found {self.verdict.value!r}: {len(self.record.sightings)} sightings>"

    def _repr_html_(self) -> str:
        return f"<p><b>{escape(self.verdict.value)}</b>: {escape(self.reason)}</p>{self.sightings._repr_html_()}"


class Weighed:
    """What was observed beside what was said. `record` is the record behind it."""

    def __init__(self, record: Weighing) -> None:
        self.record = record

    @property
    def observed(self) -> Table[Posterior]:
        """The hypotheses by what was observed, the likeliest first; none where the grounds carry no number."""
        one = self.record.observed
        return Table(Posterior, one.posteriors or one.levels)

    @property
    def said(self) -> Table[Posterior]:
        """The hypotheses by what sources say, if they are taken at their word."""
        return Table(Posterior, self.record.said.levels)

    @property
    def statements(self) -> tuple[str, str, str]:
        """In ICD 203 words: what the observed carries, what is said, and how the two stand to each other."""
        return self.record.observed.statement, self.record.said.statement, self.record.agreement

    def __repr__(self) -> str:
        return f"<Weighed: {self.record.observed.verdict.value}; said: {self.record.said.verdict.value}>"

    def _repr_html_(self) -> str:
        return "".join(f"<p>{escape(sentence)}</p>" for sentence in self.statements) + self.observed._repr_html_()
