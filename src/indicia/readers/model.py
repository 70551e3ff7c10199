"""A language model as a reader: asked part by part, within a budget; what it answered before anything broke is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from indicia.errors import IndiciaError
from indicia.read.offered import claims_among
from indicia.read.reading import Answer
from indicia.readers.allowed import may_see
from indicia.readers.asking import answer_schema, answered, messages
from indicia.readers.parts import parts_of
from indicia.readers.server import Server
from indicia.records import Document, Fallen, Problem, ProposedClaim, ProposedReading, Severity, Tlp

_BROKEN = 3  # answers in a row that cannot be used, after which a document is given up


class Budget(NamedTuple):
    """What a run may cost: requests, and tokens read and written as the server counts them."""

    requests: int = 500
    tokens: int = 2_000_000


@dataclass(slots=True)
class Spent:
    """What a run has cost, and what was sent where."""

    where: str
    requests: int = 0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    documents: list[str] = field(default_factory=list)
    kept_back: list[str] = field(default_factory=list)
    gone: str | None = None  # why no more is asked

    def __str__(self) -> str:
        tokens = f", {self.tokens_in + self.tokens_out:,} tokens" if self.tokens_in + self.tokens_out else ""
        told = f"{self.characters:,} characters of {_counted(len(self.documents))} sent to {self.where}"
        back = f"; {_counted(len(self.kept_back))} kept back for the marking" if self.kept_back else ""
        return f"{told} in {self.requests:,} requests{tokens}{back}"


def _counted(number: int) -> str:
    return f"{number:,} text{'' if number == 1 else 's'}"


class ModelReader:
    """Reads documents through a model. `name` stands beside its claims, `may_see` is the highest marking that it is shown."""

    def __init__(
        self,
        name: str,
        server: Server,
        *,
        may_see: Tlp | None = None,
        unmarked: Tlp | None = None,
        budget: Budget = Budget(),
    ) -> None:
        self.name = name
        self.spent = Spent(server.where)
        self._server = server
        self._may_see = may_see
        self._unmarked = unmarked
        self._budget = budget

    def __call__(self, document: Document, /) -> Answer:
        why = may_see(document, self._may_see, remote=self._server.remote, unmarked=self._unmarked)
        if why is not None:
            self.spent.kept_back.append(document.name)
            hint = "say what it may see: --model-may-see, and what unmarked texts are: --unmarked"
            return Answer(None, (_not_read(document, f"was not shown to {self.name}: {why}", hint),))
        if not document.text.strip():
            return Answer()
        run = _Run(self.name)
        parts = list(parts_of(document.text))
        for number, (start, new, end) in enumerate(parts, start=1):
            broken = self._over() or self._part(document, run, (start, new, end), (number, len(parts)))
            if broken is not None:
                run.say(document, end, broken)
            if self.spent.gone is not None or run.bad >= _BROKEN:
                break
        reading = ProposedReading(reader=self.name, document=document.id, claims=tuple(run.claims), read=tuple(run.read))
        problems = (_not_read(document, *run.told(len(parts)))) if run.faults else None
        return Answer(reading, (problems,) if problems else (), tuple(run.fallen))

    def _over(self) -> str | None:
        """Why no more may be asked."""
        spent = self.spent
        if spent.gone is None and spent.requests >= self._budget.requests:
            spent.gone = f"the budget of {self._budget.requests:,} requests is used up"
        if spent.gone is None and spent.tokens_in + spent.tokens_out >= self._budget.tokens:
            spent.gone = f"the budget of {self._budget.tokens:,} tokens is used up"
        return spent.gone

    def _part(self, document: Document, run: _Run, place: tuple[int, int, int], number: tuple[int, int]) -> str | None:
        """Asks about one part; why it was not read, None where it was."""
        start, new, end = place
        asked = messages(
            document.text[start:end],
            title=document.title,
            published=document.published,
            part=number[0],
            parts=number[1],
        )
        spent = self.spent
        spent.requests += 1
        spent.characters += end - start
        if document.name not in spent.documents:
            spent.documents.append(document.name)
        try:
            completion = self._server.complete(asked, answer_schema())
        except IndiciaError as error:
            spent.gone = spent.gone or (error.message if "reached" in error.message else None)
            return error.message
        spent.tokens_in += completion.tokens_in
        spent.tokens_out += completion.tokens_out
        items = answered(completion.content)
        if items is None:
            return "the answer broke off" if completion.cut else "the answer is not of the form that was asked for"
        claims, fallen = claims_among(items, self.name)
        run.take(claims, fallen, (new, end))
        return None


class _Run:
    """What came of the parts of one document."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.claims: list[ProposedClaim] = []
        self.fallen: list[Fallen] = []
        self.read: list[tuple[int, int]] = []
        self.faults: list[str] = []
        self.bad = 0

    def take(self, claims: Sequence[ProposedClaim], fallen: Sequence[Fallen], place: tuple[int, int]) -> None:
        """A part that was read. What two parts share is offered twice; alike claims are taken once."""
        self.claims += [one for one in claims if one not in self.claims]
        self.fallen += fallen
        self.read.append(place)
        self.bad = 0

    def say(self, document: Document, end: int, why: str) -> None:
        """A part that was not read."""
        self.faults.append(why)
        self.bad += 1

    def told(self, parts: int) -> tuple[str, str]:
        """What is said of the parts that were not read, and what to do."""
        read = len(self.read)
        return f"{self.name} read {read} of {parts} parts: {self.faults[0]}", "what it read is kept; run it again for the rest"


def _not_read(document: Document, what: str, hint: str) -> Problem:
    return Problem(where=document.name, what=what, severity=Severity.SKIPPED, hint=hint)
