"""Notes: each sentence of a brief leads to a quote or a log line, by number, in the order of first use."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indicia.records import Case, Claim, Document, Evidence, Measure, Mention, MentionKind, Sighting, Span
from indicia.view.inert import Shown
from indicia.view.lines import Bit, Line, Note, line
from indicia.view.wording import in_quotes

TITLE = 160  # characters of a first line that may be a title
# No marking, no code, and no end of a sentence.
_TITLE = re.compile(r"(?!TLP)[A-Z0-9“][^\n{}<>\[\]|\\=]*[^\s.,;:!?]")
QUOTE = 420  # characters of a quote in a note
FIELDS = 6  # fields of a log line in a note
VALUE = 600  # characters of one field; a hostile one may hold a megabyte
MOST = 6  # notes after one sentence
# Types of indicators that somebody could click; a file name is not one of them.
CLICKABLE = ("ipv4", "ipv6", "domain", "url", "email", "hostname")
OF_MEASURE = 3  # of them for what a measure rests on


class Index:
    """The records of a case by id, and how to say where a span or a log line stands."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.documents: dict[str, Document] = {document.id: document for document in case.documents}
        self.source_number = {document.id: number for number, document in enumerate(case.documents, 1)}
        self.claims: dict[str, Claim] = {claim.id: claim for claim in case.claims}
        self.mentions: dict[str, Mention] = {mention.id: mention for mention in case.mentions}
        self.sightings: dict[str, Sighting] = {one.id: one for one in case.hunt.sightings} if case.hunt else {}
        self.evidence: dict[str, Evidence] = {one.id: one for one in case.weighing.evidence} if case.weighing else {}
        self.measures: dict[str, Measure] = {one.id: one for one in case.advice.measures} if case.advice else {}
        values = [one.value for one in case.mentions if one.kind is MentionKind.INDICATOR and one.type.startswith(CLICKABLE)]
        self.show = Shown(values)
        files = [one.file for one in case.hunt.files] if case.hunt else []
        common = files[0].rpartition("/")[0] if files else ""
        while common and not all(file.startswith(f"{common}/") for file in files):
            common = common.rpartition("/")[0]
        self._folder = f"{common}/" if common else ""

    def local(self, text: str) -> str:
        """`text` with the folder that all log files lie in left out of their paths."""
        return text.replace(self._folder, "") if self._folder else text

    def host(self, name: str) -> str:
        """What to call a machine, also one whose name was left out of what leaves."""
        return self.show(name, 60) or "a machine whose name is left out"

    def title(self, document: Document) -> str:
        """What to call a document: its title, else a first line that reads as one, else the end of its path or address."""
        return document.title or first_line(document.text) or document.name.rstrip("/").rpartition("/")[2] or document.name

    def where(self, span: Span) -> Line:
        """`[1] title, paragraph 3`, with a link to the numbered source."""
        document = self.documents.get(span.document)
        if document is None:
            return line("a source that is not in the case")
        number = self.source_number[document.id]
        name = self.show(self.title(document), 90)
        return line(Bit(text=f"[{number}]", href=f"#source-{number}"), f" {name}, {self.show(document.where(span.start), 60)}")

    def log_line(self, sighting: Sighting) -> str:
        """The fields that made the rule match, then the first others, as `field=value`."""
        fields = dict(sighting.matched)
        for name, value in sighting.event.fields.items():
            if len(fields) >= FIELDS:
                break
            fields.setdefault(name, value)
        return "; ".join(f"{name[:VALUE]}={value[:VALUE]}" for name, value in fields.items())


def first_line(text: str) -> str:
    """The line above a text if it may be its title: a few words, and no sentence; else nothing.

    >>> first_line("Statement by the High Representative\\n19 July 2021\\nThe EU ..."), first_line("It was them.\\nWho?")
    ('Statement by the High Representative', '')
    """
    line, _, rest = text[:TITLE].lstrip().partition("\n")
    line = line.strip()
    words = sum(word[0].isalpha() for word in line.split())
    return line if rest.strip() and words >= 3 and _TITLE.fullmatch(line) else ""


class Notes:
    """Numbers for the records that sentences rest on."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._numbers: dict[str, int] = {}
        self._notes: list[Note] = []
        self._same: dict[tuple[Line, Line], int] = {}

    def __call__(self, traces: Iterable[str]) -> tuple[int, ...]:
        """The note numbers of record ids. Evidence and measures lead on to what they rest on; unknown ids have no note."""
        found: dict[int, None] = {}
        for leaf in dict.fromkeys(leaf for trace in traces for leaf in self._leaves(trace, 0)):
            number = self._number(leaf)
            if number:
                found[number] = None
            if len(found) == MOST:
                break
        return tuple(sorted(found))

    def _leaves(self, trace: str, depth: int) -> Iterable[str]:
        inner: tuple[str, ...] = ()
        if depth < 3:
            if trace in self.index.evidence:
                inner = self.index.evidence[trace].traces
            elif trace in self.index.measures:
                inner = self.index.measures[trace].reasons[:OF_MEASURE]
        if not inner:
            yield trace
        for one in inner[:MOST]:
            yield from self._leaves(one, depth + 1)

    def _number(self, trace: str) -> int | None:
        if trace not in self._numbers:
            found = self._note(trace)
            if found is None:
                return None
            # Two claims of one sentence share its note.
            if found not in self._same:
                self._same[found] = len(self._notes) + 1
                self._notes.append(Note(number=self._same[found], text=found[0], where=found[1]))
            self._numbers[trace] = self._same[found]
        return self._numbers[trace]

    def _note(self, trace: str) -> tuple[Line, Line] | None:
        index = self.index
        span = index.claims[trace].quote if trace in index.claims else None
        if trace in index.mentions:
            span = index.mentions[trace].span
            document = index.documents.get(span.document)
            around = sentence_around(document, span) if document else span.text
            return line(in_quotes(index.show(around, QUOTE))), index.where(span)
        if span is not None:
            return line(in_quotes(index.show(span.text, QUOTE))), index.where(span)
        if trace in index.sightings:
            one = index.sightings[trace]
            text = index.show(index.log_line(one), QUOTE)
            host, at = index.host(one.event.host), index.show(index.local(str(one.event.place)), 120)
            place = f"{host}, {moment(one)}, {at}: {index.show(one.title, 120)}"
            return line(Bit(text=text, look="code")), line(place)
        if trace in index.evidence:
            item = index.evidence[trace]
            return line(index.show(item.label, QUOTE)), line(f"evidence of {index.show(item.origin, 80)}")
        if trace in index.documents:
            number = index.source_number[trace]
            name = index.show(index.title(index.documents[trace]), 90)
            return line(name), line(Bit(text=f"[{number}]", href=f"#source-{number}"))
        return None

    @property
    def made(self) -> tuple[Note, ...]:
        """All notes so far, by number."""
        return tuple(self._notes)


def moment(sighting: Sighting) -> str:
    """The time of a sighting as `2021-03-03 06:49:58 UTC`, or the log's own words."""
    time = sighting.event.time
    return time.strftime("%Y-%m-%d %H:%M:%S UTC") if time else sighting.event.time_text or "no time"


def sentence_around(document: Document, span: Span, reach: int = 260) -> str:
    """The sentence or line that holds a span, no more than `reach` characters to each side of it."""
    text, low = document.text, max(0, span.start - reach)
    high = min(len(text), span.end + reach)
    block = document.block_at(span.start)
    if block:
        low, high = max(low, block.start), min(high, block.end)
    before, after = text[low : span.start], text[span.end : high]
    start = max(before.rfind(". "), before.rfind("\n"))
    start = 0 if start < 0 else start + 1
    ends = [found for found in (after.find(". "), after.find("\n")) if found >= 0]
    end = min(ends) + 1 if ends else len(after)
    return f"{before[start:]}{span.text}{after[:end]}".strip()
