"""Several readers as one list: two make a claim sure, the less sure of them tells how surely, one alone waits."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from indicia.read.claims import compared, together
from indicia.read.claims.grounding import ALONE
from indicia.read.claims.together import AGREED
from indicia.records import (
    SURE,
    Accused,
    AccusedType,
    Claim,
    Deed,
    Firmness,
    Party,
    Source,
    SourceType,
    Span,
    Stance,
)


def span(start: int, text: str) -> Span:
    return Span(document="d", start=start, end=start + len(text), text=text)


def claim(start: int = 0, source: str = "Microsoft", accused: str = "HAFNIUM", **more: Any) -> Claim:
    """Other parties stand in other places."""
    voice = span(start + 10 * (source == "ESET"), source)
    doer = span(start + 20 + 10 * (accused == "APT29"), accused)
    made = Claim(
        id=f"claim--{start}{source}{accused}",
        quote=span(start, "x" * 40),
        source=Source(type=SourceType.COMPANY, party=Party(span=voice, canonical=source)),
        stance=Stance.ACCUSES,
        accused=Accused(type=AccusedType.GROUP, party=Party(span=doer, canonical=accused)),
        deed=Deed(),
        score=0.5,
    )
    return replace(made, **more)


ALL = ((0, 1000),)


def test_what_two_read_in_the_same_words_is_sure() -> None:
    (one,) = together([claim()], {"b": ([claim(source="Microsoft Corp")], ALL)})
    assert one.readers == ("indicia", "b") and one.score == AGREED >= SURE
    assert one.id == claim().id


def test_one_alone_waits_for_a_person() -> None:
    own, theirs = together([claim(score=0.9)], {"b": ([claim(500, "ESET")], ALL)})
    assert (own.readers, theirs.readers) == (("indicia",), ("b",))
    assert own.score < SURE > theirs.score == 0.5
    (theirs,) = together([], {"b": ([claim(score=0.99)], ALL)})
    assert theirs.score == ALONE < SURE


def test_what_another_reader_did_not_see_is_not_doubted() -> None:
    (own,) = together([claim(score=0.9)], {"b": ((), ((500, 900),))})
    assert own.score == 0.9


def test_two_models_agree_without_us() -> None:
    (one,) = together([], {"a": ([claim()], ALL), "b": ([claim()], ALL)})
    assert one.readers == ("a", "b") and one.score >= SURE


def test_other_words_make_nothing_surer() -> None:
    (one,) = together([claim()], {"b": ([claim(500)], ALL)})
    assert one.score == 0.5 and one.readers == ("indicia",)


def test_the_less_sure_tells_how_surely_if_it_has_words_for_it() -> None:
    likely = Deed(firmness=Firmness.MODERATE, cue=span(3, "likely"))
    certain = Deed(firmness=Firmness.CONFIRMED, cue=span(3, "certain"))
    for mine, theirs, told in (
        (certain, likely, Firmness.MODERATE),
        (likely, certain, Firmness.MODERATE),
        (Deed(), certain, Firmness.NONE),
        (likely, Deed(), Firmness.MODERATE),
        (Deed(firmness=Firmness.MODERATE), certain, Firmness.CONFIRMED),
        (None, likely, Firmness.MODERATE),
    ):
        (one,) = together([claim(deed=mine)], {"b": ([claim(deed=theirs)], ALL)})
        assert one.deed is not None and one.deed.firmness is told


def test_other_stances_and_parties_are_other_claims() -> None:
    others = [claim(stance=Stance.DENIES), claim(accused="APT29"), claim(source="ESET")]
    found = list(compared({"indicia": [claim()], "b": others}))
    assert len(found) == 4 and all(len(one.by) == 1 for one in found)
