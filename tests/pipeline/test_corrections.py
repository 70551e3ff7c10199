"""A correction changes what it names, and leaves the rest as it was read."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from indicia.pipeline import Correction
from indicia.pipeline.corrections import laid_over
from indicia.records import Basis, DeedKind, Firmness, TieKind
from tests.view.made import made_claim

READ = made_claim(
    {"source": "Microsoft", "accused": "HAFNIUM", "level": "group", "deed": "did", "firmness": "high", "tie": "linked"}
    | {"to": "China", "tie_state": "CN", "tie_firmness": "low", "incident": "Exchange", "incident_id": "exchange-2021"}
)


def corrected(**fields: str) -> Any:
    # As it is kept: JSON.
    return laid_over(READ, msgspec.json.decode(msgspec.json.encode(msgspec.convert(fields, Correction)), type=Correction))


def test_the_firmness_of_the_deed_is_not_that_of_the_tie() -> None:
    claim = corrected(firmness="hedged")
    assert (claim.deed.firmness, claim.tie.firmness) == (Firmness.HEDGED, Firmness.LOW)
    claim = corrected(tie_firmness="confirmed")
    assert (claim.deed.firmness, claim.tie.firmness) == (Firmness.HIGH, Firmness.CONFIRMED)


def test_a_deed_that_nobody_said_is_taken_out_and_the_tie_stays() -> None:
    claim = corrected(deed="none")
    assert claim.deed is None and claim.tie == READ.tie
    assert corrected(deed="none", firmness="high").tie.firmness is Firmness.HIGH, "it is what is left to be said"


def test_a_deed_and_a_tie_can_be_of_another_kind() -> None:
    claim = corrected(deed="directed", tie="works_for", tied_to="GRU", tie_state="RU")
    assert claim.deed.kind is DeedKind.DIRECTED and claim.deed.firmness is Firmness.HIGH
    assert (claim.tie.kind, claim.tie.to, claim.tie.state) == (TieKind.WORKS_FOR, "GRU", "RU")
    assert corrected(tied_to="somebody").tie.state is None, "the state went with the name"


def test_incident_channel_and_grounds() -> None:
    claim = corrected(incident="Another", channel="indictment", basis="legal")
    assert (claim.incident, claim.incident_id, claim.channel.value, claim.basis) == ("Another", None, "indictment", Basis.LEGAL)
    assert corrected(basis="none stated").grounds == ()


@pytest.mark.parametrize("wrong", [{"deed": "dreamt"}, {"tie": "friends"}, {"firmness": "very"}, {"colour": "red"}])
def test_what_is_no_correction_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Correction)
