"""What a command says of its result: how it is marked, and what became of every file that was given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding

from indicia.cli.options import read_marking, short_id
from indicia.cli.talk import Talk, console_for, plain
from indicia.records import (
    OWN_READER,
    UNMARKED,
    Case,
    Claim,
    Context,
    Document,
    Hunt,
    Mention,
    MentionKind,
    Problem,
    Record,
    Severity,
    Stance,
    Tlp,
    shown_marking,
    to_check,
    to_json,
)
from indicia.walking import EMPTY

if TYPE_CHECKING:
    from indicia.pipeline import Piece

# What became of every file that was given: read, read in part, passed over and why. Said at the end of every run.
MOST_REASONS = 4
_WITHIN = re.compile(r"(?::\d+|#char=\d+,\d+| (?:chunk|record|page) \d+)$")  # how a place in a file is told


class Count(NamedTuple):
    """How many files were read, read in part, empty and passed over, and how many of these for which reason."""

    read: int
    in_part: int
    empty: int
    passed: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def is_whole(self) -> bool:
        """Whether all was read, but for what was empty."""
        return not self.in_part and not self.passed

    def __str__(self) -> str:
        """One line, as it is said.

        >>> str(Count(3, 1, 1, 2, (("is encrypted", 2),)))
        '7 files: 3 read, 1 read in part, 1 empty, 2 passed over (is encrypted: 2)'
        """
        total = self.read + self.in_part + self.empty + self.passed
        numbers = ((self.read, "read"), (self.in_part, "read in part"), (self.empty, "empty"), (self.passed, "passed over"))
        told = ", ".join(f"{number:,} {word}" for number, word in numbers if number) or "none"
        if self.reasons:
            shown = [f"{reason}: {number:,}" for reason, number in self.reasons[:MOST_REASONS]]
            told += f" ({'; '.join(shown)}{'; …' if len(self.reasons) > MOST_REASONS else ''})"
        return f"{total:,} file{'' if total == 1 else 's'}: {told}"


def count_files(read: Iterable[str], problems: Iterable[Problem]) -> Count:
    """`read` are the names of the files, or of parts of them, that something was read of.

    A problem with one of these says that it was read in part, any other that what it is about was passed over.
    """
    names = {_WITHIN.sub("", name) for name in read}
    in_part: set[str] = set()
    empty: set[str] = set()
    passed: dict[str, str] = {}
    for problem in problems:
        file = problem.where if problem.where in names else _WITHIN.sub("", problem.where)
        if problem.what == EMPTY:
            empty.add(file)
        elif problem.severity is not Severity.NOTE and problem.where:
            if file in names:
                in_part.add(file)
            else:
                passed.setdefault(file, problem.what.partition(":")[0])
    reasons = Counter(passed.values())
    ranked = tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))
    return Count(len(names - in_part), len(in_part), len(empty), len(passed), ranked)


def count_logs(found: Hunt, rules: Iterable[str]) -> Count:
    """The same of a hunt; `rules` are where its rules came from, which are no logs."""
    places = tuple(rules)
    logs = {one.file for one in found.files}
    about_logs = [
        problem
        for problem in found.problems
        if not (places and problem.where.startswith(places) and problem.where.endswith((".yml", ".yaml")))
        or problem.where in logs
    ]
    broken = {_WITHIN.sub("", problem.where) for problem in about_logs if problem.severity is not Severity.NOTE}
    return count_files((one.file for one in found.files if one.format and (one.events or one.file not in broken)), about_logs)


# How what a command prints bears its marking: a first line for people, a first field for machines.
def marked_json(record: Record, marking: Tlp | None, **more: Any) -> bytes:
    """The record as JSON, with its marking as one more field, the first, and `more` fields after its own.

    >>> from indicia.records import About
    >>> marked_json(About(name="a"), Tlp.RED)[:31]
    b'{"marking":"TLP:RED","name":"a"'
    """
    fields = msgspec.json.encode(msgspec.to_builtins(record) | more) if more else to_json(record)
    return b'{"marking":"%s"%s%s' % (shown_marking(marking).encode(), b"" if fields == b"{}" else b",", fields[1:])


def strictest_shown(markings: Iterable[Tlp | None]) -> Tlp | None:
    """The strictest marking of texts that are no case; None, which is shown as such, where no other is stricter than none."""
    return max(markings, key=lambda one: (one or UNMARKED).rank, default=None)


def counting_as(case: Case, unmarked: str | None) -> Case:
    """The case, in which texts without a marking count as the user says; as before without a word. Raises: UsageError."""
    tlp = read_marking(unmarked)
    return case if tlp is None or tlp is case.unmarked else msgspec.structs.replace(case, unmarked=tlp)


def tell_unmarked(case: Case, voice: Talk) -> None:
    """Says how many texts bear no marking, and as what they count."""
    count = sum(document.marking is None for document in case.documents)
    if count:
        texts = "1 text has no marking and counts" if count == 1 else f"{count:,} texts have no marking and count"
        voice.say(f"{texts} as {case.unmarked.label}; --unmarked changes that", "dim")


def tell_judgements(case: Case, audience: Tlp, voice: Talk) -> None:
    """Says how many judgements the audience does not get, so that what the machine read stands as it was read."""
    from indicia.share.redact import judged_as

    above = sum(judged_as(case, one).rank > audience.rank for one in case.judgements)
    if above:
        told = "1 judgement is" if above == 1 else f"{above:,} judgements are"
        voice.say(f"{told} marked above {audience.label} and not applied; indicia judge --tlp marks one lower", "yellow")


# What `indicia read` shows on a terminal: the claims, then what the texts mention, each value once with its first place.
_STYLES = {
    Stance.ACCUSES: "red",
    Stance.CLAIMS: "red",
    Stance.ENDORSES: "magenta",
    Stance.DENIES: "green",
    Stance.DECLINES: "dim",
    Stance.QUESTIONS: "yellow",
    Stance.WITHDRAWS: "yellow",
}
_NETWORK = frozenset(("ipv4-addr", "ipv6-addr", "domain-name", "url", "email-addr"))
_MOST = 100_000  # different values of which each is remembered; nobody reads more on a terminal


class _Value(NamedTuple):
    value: str
    type: str
    context: Context
    reason: str


class Shown:
    """Takes what was read piece by piece and keeps of it only what will be shown."""

    def __init__(self) -> None:
        self._claims: list[tuple[Claim, str]] = []
        self._values: dict[MentionKind, dict[_Value, tuple[int, str]]] = {kind: {} for kind in MentionKind}
        self._left = _MOST
        self._beyond = 0
        self._documents = 0
        self._marking: Tlp | None = None

    def add(self, piece: Piece) -> None:
        by_id = {document.id: document for document in piece.documents}
        held = (self._marking,) if self._documents else ()
        self._marking = strictest_shown([*held, *(document.marking for document in piece.documents)])
        self._documents += len(by_id)
        for claim in piece.claims:
            self._claims.append((claim, _place(by_id[claim.quote.document], claim.quote.start)))
        for mention in piece.mentions:
            self._count(mention, by_id[mention.span.document])

    def _count(self, mention: Mention, document: Document) -> None:
        held = self._values[mention.kind]
        key = _Value(mention.value, mention.type, mention.context, mention.reason)
        if key in held:
            count, place = held[key]
            held[key] = (count + 1, place)
        elif self._left:
            self._left -= 1
            held[key] = (1, _place(document, mention.span.start))
        else:
            self._beyond += 1

    def print(self, file: IO[str], *, color: bool) -> None:
        """Wrapped at the width of a terminal; a file or a pipe gets each quote on one line."""
        console = console_for(color, file)
        console.print(shown_marking(self._marking), style="bold")
        console.print(f"[bold]{len(self._claims)} claim{'' if len(self._claims) == 1 else 's'}[/]")
        for claim, place in self._claims:
            _print_claim(console, claim, place)
        console.print()
        for kind, values in self._values.items():
            if values and kind is MentionKind.INDICATOR:
                self._print_indicators(console)
            elif values:
                listed = sorted(f"{_shown(one)}{_times(count)}" for one, (count, _) in values.items())
                console.print(f"[bold]{kind.value}[/] ({len(values)}): {escape(plain(', '.join(listed)))}")
        if self._beyond:
            console.print(f"{self._beyond:,} more mentions of other values are not shown: --jsonl gives all")

    def _near(self, place: str) -> str:
        """The place without the document's name where there is only one."""
        return place.rsplit(", ", 1)[1] if self._documents == 1 else place

    def _print_indicators(self, console: Console) -> None:
        """The attacker's first, by type, one a line; then those that the text speaks of otherwise, with the reason."""
        values = self._values[MentionKind.INDICATOR]
        stated = [one for one in values if one.context is Context.STATED]
        console.print(f"[bold]indicator[/] ({len(stated)})")
        for type in sorted({one.type for one in stated}):
            rows = [(_shown(one), values[one]) for one in stated if one.type == type]
            width = min(64, max(len(text) for text, _ in rows))
            console.print(f"  {type}")
            for text, (count, place) in rows:
                console.print(
                    f"    {escape(plain(text)):<{width}}  [dim]{escape(plain(self._near(place)))}{_times(count)}[/]",
                    soft_wrap=True,
                )
        others = [one for one in values if one.context is not Context.STATED]
        if others:
            console.print(f"[bold]not counted as indicators[/] ({len(others)})")
            for one in others:
                why = f"{one.context.value}: {one.reason}" if one.reason else one.context.value
                console.print(f"    {escape(plain(_shown(one, bare=True)))}  [dim]{escape(plain(why))}[/]", soft_wrap=True)


def _place(document: Document, offset: int) -> str:
    return f"{document.name}, {document.where(offset)}"


def _times(count: int) -> str:
    return f" x{count}" if count > 1 else ""


def _shown(one: _Value, *, bare: bool = False) -> str:
    from indicia.view.inert import defang

    text = defang(one.value) if one.type in _NETWORK else one.value
    return text if one.context is Context.STATED or bare else f"{text} ({one.context.value})"


def _print_claim(console: Console, claim: Claim, place: str) -> None:
    """Who says what, each part with how firmly; then the sentence and where it stands."""
    from indicia.view.words import firmness_words, propositions, source_words

    facts = [claim.accused.level.value] if claim.accused.level else []
    facts += [ground.basis.value for ground in claim.grounds]
    facts += [claim.date] if claim.date else []
    facts += ["via " + ", ".join(span.text for span in claim.source.via)] if claim.source.via else []
    parts = []
    for number, (words, how) in enumerate(propositions(claim)):
        verb, _, whom = words.partition(" ")
        sure = f"{firmness_words(how)} “{how.cue.text}”" if how.cue else firmness_words(how)
        look = "bold" if number else _STYLES[claim.stance]
        told = f" [{escape(plain(sure))}]" if claim.stance is Stance.ACCUSES or how.cue else ""
        parts.append(f"[{look}]{escape(plain(verb))}[/] [bold]{escape(plain(whom))}[/]{escape(told)}")
    more = f" ({escape(plain('; '.join(facts)))})" if facts else ""
    console.print(f"\n[bold]{escape(plain(source_words(claim)))}[/] {'; '.join(parts)}{more}")
    quote, where = escape(plain(" ".join(claim.quote.text.split()))), escape(plain(place))
    doubt = "; [yellow]please check[/]" if to_check((claim,), ()) else ""
    if claim.readers != (OWN_READER,):
        where += f"; read by {escape(plain(' and '.join(claim.readers)))}"
    where += f"; score {claim.score:.2f}{doubt}; id {short_id(claim.id)}"
    for words in (f"[italic]{quote}[/]", f"[dim]{where}[/]"):
        console.print(f"    {words}" if console.soft_wrap else Padding(words, (0, 0, 0, 4)))
