"""Nothing above an audience's marking is in the bytes; lowering takes a reason, and the export carries it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.errors import MarkingError
from indicia.knowledge import load
from indicia.records import Case, Tlp, to_json
from indicia.share import FORMATS, render
from indicia.share.redact import mark, marking_of, redact
from tests.sample_case import exchange_case
from tests.share.strategies import cases
from tests.share.test_stix_round_trip import SLOW


@SLOW
@given(cases(), st.sampled_from(Tlp))
def test_nothing_above_the_audience_is_left(case: Case, audience: Tlp) -> None:
    seen = redact(case, audience)
    assert marking_of(seen).rank <= audience.rank
    above = {document.id for document in case.documents if document.marking.rank > audience.rank}
    gone = {claim.id for claim in case.claims if claim.quote.document in above}
    written = to_json(seen) + render(seen, "stix", load()) + render(seen, "misp", load())
    assert not any(id.encode() in written for id in above | gone)
    assert (not above) or b"left out" in written
    kept = [claim for claim in case.claims if claim.quote.document not in above]
    assert [claim.id for claim in seen.claims] == [claim.id for claim in kept]


@pytest.mark.parametrize("form", ["stix", "misp", "navigator", "csv", "timesketch", "json", "md", "html"])
@pytest.mark.parametrize("audience", list(Tlp)[:-1])
def test_a_secret_is_in_no_format(form: str, audience: Tlp) -> None:
    case = exchange_case()
    secret, *rest = case.documents
    name = "zebra-source"
    secret = msgspec.structs.replace(secret, name=name, title=name, marking=Tlp.RED)
    case = msgspec.structs.replace(case, documents=(secret, *rest), name=name, marking=Tlp.RED)
    written = render(redact(case, audience), form, load())
    for word in (name, "EXCH01", "with a high degree of confidence", "Dominic Raab"):
        assert word.encode() not in written


def test_what_all_may_see_is_left_as_it_is() -> None:
    case = exchange_case()
    assert redact(case, marking_of(case)) is case


def test_ones_own_hunt_may_be_kept_closer_than_the_texts() -> None:
    case = exchange_case()
    assert redact(case, Tlp.GREEN, sightings=Tlp.AMBER).hunt is None
    assert redact(case, Tlp.AMBER, sightings=Tlp.AMBER).hunt is not None


def test_raising_is_free() -> None:
    case = mark(exchange_case(), Tlp.AMBER)
    assert case.marking is Tlp.AMBER
    assert {document.marking for document in case.documents} == {Tlp.AMBER}


def test_lowering_takes_a_reason_and_keeps_it() -> None:
    case = mark(exchange_case(), Tlp.AMBER)
    for reason in (None, "", "  "):
        with pytest.raises(MarkingError, match="TLP:AMBER"):
            mark(case, Tlp.GREEN, reason=reason)
    lowered = mark(case, Tlp.GREEN, reason="the author agreed", author="jane", time="2026-11-24T00:00:00Z")
    assert marking_of(lowered) is Tlp.GREEN
    written = render(lowered, "stix", load())
    assert b"TLP:AMBER lowered to TLP:GREEN: the author agreed" in written
    assert b"jane" not in written


def test_every_format_is_made_of_a_redacted_case() -> None:
    case = redact(mark(exchange_case(), Tlp.RED), Tlp.CLEAR)
    assert render(case, "timesketch", load()) == b""
    for form in set(FORMATS) - {"pdf", "timesketch"}:
        assert render(case, form, load())
