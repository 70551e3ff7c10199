"""An assistant as a reader: what it proposes is held to the document like any reader's, and kept where the user said."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import msgspec

from indicia.errors import InputError, MarkingError, UsageError
from indicia.knowledge import load
from indicia.mcp import answers
from indicia.read.fronts import open_source
from indicia.read.offered import claims_among, offered_of, usable_name
from indicia.read.reading import Answer, read_document
from indicia.records import OWN_READER, Document, ProposedReading, Reading, Tlp

__all__ = ["Proposals", "document_in", "part_of_text"]

MOST_PROPOSED = 100  # claims of one call
_HIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]")


def document_in(path: Path, ceiling: Tlp) -> Document:
    """The first document of a file, if nothing in the file is marked above `ceiling`. Raises: InputError, MarkingError."""
    opened = open_source(path)
    if not opened.documents:
        told = opened.problems[0].what if opened.problems else "holds no text"
        raise InputError(told, where=path.name, hint="name a file that holds a text")
    marking = Tlp.joined(one.marking for one in opened.documents)
    if marking is not None and marking.rank > ceiling.rank:
        hint = "`indicia mcp --ceiling` says how far markings may go"
        raise MarkingError(f"is marked {marking.label}, and you may see {ceiling.label} at most", where=path.name, hint=hint)
    return msgspec.structs.replace(opened.documents[0], marking=marking)


def part_of_text(document: Document, start: int, most: int) -> dict[str, Any]:
    """Some of a document's text, to copy quotes from. Characters that nobody sees are left out, and matter to no quote."""
    end = min(len(document.text), max(0, start) + most)
    return {
        "about": answers.INERT,
        "document": document.id,
        "published": document.published,
        "characters": len(document.text),
        "start": max(0, start),
        "end": end,
        "words_of_others_text": _HIDDEN.sub("", document.text[max(0, start) : end]),
    }


class Proposals:
    """Takes what assistants propose. `path` is where it is kept, as a file of claims by the contract; None: nowhere."""

    def __init__(self, path: Path | None) -> None:
        self._path = path

    def propose(self, document: Document, reader: str, claims: list[dict[str, Any]], most: int) -> dict[str, Any]:
        """Which of the claims hold, and why the others do not. Raises: UsageError."""
        if len(claims) > MOST_PROPOSED:
            raise UsageError(f"{len(claims)} claims are more than one call takes", hint=f"at most {MOST_PROPOSED}")
        name = self._named(reader)
        taken, fallen = claims_among(claims, name)
        reading = ProposedReading(reader=name, document=document.sha256, claims=taken)
        found = read_document(document, load(), readers=[lambda _: Answer(reading, (), fallen)])
        self._keep(reading)
        return self._told(document, found, name, most)

    def confirm(self, document: Document, reader: str, ids: list[str], most: int) -> dict[str, Any]:
        """Says of claims that our own reader reads that another reader reads them too. Raises: UsageError, InputError."""
        own = {claim.id: claim for claim in read_document(document, load()).claims}
        if unknown := [id for id in ids if id not in own]:
            raise InputError(f"no claim {unknown[0][:60]!r} is read in this document", hint="ledger gives their ids")
        offered = [msgspec.to_builtins(offered_of(own[id])) for id in dict.fromkeys(ids)]
        return self.propose(document, reader, offered, most)

    def _named(self, reader: str) -> str:
        try:
            return usable_name(reader)
        except ValueError as error:
            raise UsageError(str(error), hint="give the name of the model or the person that reads") from None

    def _keep(self, reading: ProposedReading) -> None:
        if self._path is None or not reading.claims:
            return
        with self._path.open("ab") as file:
            file.write(msgspec.json.encode(reading) + b"\n")

    def _told(self, document: Document, found: Reading, name: str, most: int) -> dict[str, Any]:
        claims = [claim for claim in found.claims if name in claim.readers]
        return {
            "about": answers.INERT,
            "taken": [
                {**answers.claim(one, {document.id: document.file_name}), "readers": list(one.readers), "score": one.score}
                for one in claims[:most]
            ],
            "not_taken": [
                {"why": one.fault.value, "words_of_others_quote": one.quote, "words_of_others": one.words}
                for one in found.fallen[:most]
            ],
            "agreed_with_our_own_reader": sum(OWN_READER in one.readers for one in claims),
            "kept": self._path is not None,
        }
