"""The contract of readers: what anybody who reads a document offers, and why some of it is not taken.

A reader (a language model, an assistant, a person, a program of others) copies words out of the document and says what they
claim. It resolves nothing: names, states, affairs, ids, offsets and dates are told by our tables, and every word is held to the
text (`indicia.read.claims.grounding`). `docs/readers.md` tells it for people, `docs/reading.schema.json` for programs.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from indicia.records.base import Record, Whole
from indicia.records.claims import (
    AccusedType,
    Basis,
    Channel,
    DeedKind,
    Firmness,
    Prominence,
    SourceType,
    Stance,
    TieKind,
    Voice,
)

__all__ = ["OWN_READER", "Fallen", "Fault", "ProposedClaim", "ProposedReading"]

OWN_READER = "indicia"


class ProposedClaim(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One claim as a reader offers it. Every text is copied out of the document; what else a reader adds is not looked at.

    `quote` is the sentence that makes the claim. `source` names who says it, `accused` who is accused or cleared: in the quote,
    or, where the quote only points to them ("the group", "we"), where the text names them. `firmness` and `tie_firmness` count
    only for words that our tables do not know, such as those of other languages.
    """

    quote: str
    stance: Stance
    source: str | None = None
    accused: str | None = None
    deed: DeedKind | None = None
    firmness_words: str | None = None
    firmness: Firmness = Firmness.NONE
    tie: TieKind | None = None
    tie_to: str | None = None
    tie_words: str | None = None
    tie_firmness_words: str | None = None
    tie_firmness: Firmness = Firmness.NONE
    not_accused: str | None = None
    via: tuple[str, ...] = ()
    victims: tuple[str, ...] = ()
    incident: str | None = None
    basis: Basis = Basis.NONE_STATED
    basis_words: str | None = None
    channel: Channel = Channel.UNKNOWN
    voice: Voice = Voice.TEXT
    prominence: Prominence = Prominence.REPORTED
    source_type: SourceType | None = None
    accused_type: AccusedType | None = None


class ProposedReading(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one reader offers of one document, a line of a file of claims.

    `document` is the SHA-256 of its bytes, its id, or its name. `read` are the stretches of its text, in code points, that the
    reader read to the end; what others found there and this reader did not, it did not see. None: it does not say.
    """

    reader: str
    document: str
    claims: tuple[ProposedClaim, ...] = ()
    read: tuple[tuple[Whole, Whole], ...] = ()


class Fault(StrEnum):
    """Why something that a reader offered is not taken."""

    FORM = "is not of the form that docs/readers.md gives"
    NO_QUOTE = "the quote does not stand in the document"
    SHORT_QUOTE = "the quote is too short to tell a claim"
    LONG_QUOTE = "the quote runs over more than a claim can"
    NO_ACCUSED = "whoever is accused stands neither in the quote nor, named, where it points to"
    NO_SOURCE = "who is said to speak does not stand in the document"
    NOBODY = "it accuses nobody by name"
    ITSELF = "whoever speaks is whoever is accused, which only taking credit can be"
    NO_FIRMNESS = "the words for how surely do not stand in the quote"
    NO_TIE = "the words for the tie do not stand in the quote"
    NEGATED = "the quote says that it is not so"
    ASKED = "the quote is a question"
    OTHER_STANCE = "no word of the quote takes this stance"
    ORDERS = "the quote is an order to whoever reads, not a statement"
    AGAIN = "it was offered already"


class Fallen(Record, frozen=True, kw_only=True):
    """Something that a reader offered and that is not taken: its quote, cut, and why."""

    reader: str
    fault: Fault
    quote: str = ""
    words: str = ""  # those that the fault is about
