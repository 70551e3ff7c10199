"""Files of claims: one reading a line, each claim held to the text, faults told with their line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.errors import FormatError, InputError
from indicia.knowledge import load
from indicia.pipeline import build
from indicia.read.claims import ground
from indicia.read.fronts import document_from_text
from indicia.read.names import find_names
from indicia.read.offered import offered_of, read_offered
from indicia.read.reading import Answer, read_document
from indicia.records import SURE, Fault, Firmness, ProposedClaim, ProposedReading, Stance, TieKind

ROOT = Path(__file__).parents[2]
TEXT = (
    "The agency said it is highly likely that APT40 broke into the railway. The group belongs to the GRU. “It is a lie,” "
    "the Kremlin said, denying any role. Kaspersky has not blamed APT40. Did APT29 do it? The army acts from Ruritania."
)


def faults(**claim: Any) -> list[Fault]:
    document = document_from_text(TEXT, name="a.txt")
    made = msgspec.convert({"stance": "accuses", **claim}, ProposedClaim)
    reading = ProposedReading(reader="r", document="a.txt", claims=(made,))
    return [one.fault for one in ground(document, reading, find_names(document, load())).fallen]


@pytest.mark.parametrize(
    ("claim", "fault"),
    [
        ({"quote": "highly likely that APT40 broke into the railway", "accused": "APT40"}, None),
        ({"quote": "The group belongs to the GRU.", "accused": "APT40", "tie": "organ", "tie_words": "belongs to"}, None),
        ({"quote": "The group belongs to the GRU.", "accused": "APT40", "tie": "organ", "tie_words": "is"}, Fault.NO_TIE),
        ({"quote": "likely", "accused": "APT40"}, Fault.SHORT_QUOTE),
        ({"quote": TEXT, "accused": "APT40"}, Fault.LONG_QUOTE),
        ({"quote": "x" * 2000, "accused": "APT40"}, Fault.LONG_QUOTE),
        ({"quote": "certain that APT40 broke into the railway", "accused": "APT40"}, Fault.NO_QUOTE),
        ({"quote": "highly likely that APT40 broke into the railway"}, Fault.NOBODY),
        ({"quote": "highly likely that APT40 broke into the railway", "accused": "APT28"}, Fault.NO_ACCUSED),
        ({"quote": "highly likely that APT40 broke into the railway", "accused": "APT29"}, Fault.NO_ACCUSED),
        ({"quote": "The army acts from Ruritania.", "accused": "army", "source": "Mandiant"}, Fault.NO_SOURCE),
        ({"quote": "The group belongs to the GRU.", "accused": "GRU", "source": "GRU"}, Fault.ITSELF),
        ({"quote": "Kaspersky has not blamed APT40.", "accused": "APT40", "source": "Kaspersky"}, Fault.NEGATED),
        ({"quote": "Did APT29 do it?", "accused": "APT29"}, Fault.ASKED),
        ({"quote": "The group belongs to the GRU.", "accused": "GRU", "stance": "denies"}, Fault.OTHER_STANCE),
        ({"quote": "the Kremlin said, denying any role", "accused": "Kremlin", "source": "Kremlin", "stance": "denies"}, None),
        (
            {"quote": "highly likely that APT40 broke", "accused": "APT40", "firmness_words": "certainly"},
            Fault.NO_FIRMNESS,
        ),
    ],
)
def test_faults(claim: dict[str, Any], fault: Fault | None) -> None:
    assert faults(**claim) == ([] if fault is None else [fault])


def test_how_surely_is_told_by_our_table() -> None:
    document = document_from_text(TEXT, name="a.txt")
    claim = ProposedClaim(
        quote="highly likely that APT40 broke into the railway",
        stance=Stance.ACCUSES,
        accused="APT40",
        firmness_words="highly likely",
        firmness=Firmness.CONFIRMED,
        tie=TieKind.LINKED,
    )
    (proposal,) = ground(document, ProposedReading(reader="r", document="", claims=(claim, claim))).proposals
    assert proposal.fields["firmness"] is Firmness.HIGH
    assert document.text[slice(*proposal.sentence)] == TEXT.partition(" The group")[0]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (b"no json", "malformed"),
        (b'{"reader": "a"}', "document"),
        (b'{"reader": "indicia", "document": "a"}', "cannot be the name"),
        (b'{"reader": "", "document": "a"}', "cannot be the name"),
        (b'{"reader": "a", "document": "a", "claims": 7}', "claims"),
        (b"", "holds no reading"),
    ],
)
def test_a_line_that_is_no_reading_is_told(tmp_path: Path, line: bytes, what: str) -> None:
    file = tmp_path / "claims.jsonl"
    file.write_bytes(b"\n" + line)
    with pytest.raises(FormatError, match=what) as caught:
        read_offered(file)
    assert line == b"" or caught.value.where.endswith(":2")


def test_no_file() -> None:
    with pytest.raises(InputError):
        read_offered(Path("/nonexistent/claims.jsonl"))


def test_a_case_takes_claims_of_others(tmp_path: Path) -> None:
    text = (
        "Die Regierung in Berlin macht die Gruppe APT28 für den Angriff auf die Partei verantwortlich. Das sagte ein Sprecher "
        "am Montag in Berlin."
    )
    (tmp_path / "a.txt").write_text(text, "utf-8")
    claim = {"quote": text.partition(" Das")[0], "stance": "accuses", "source": "Die Regierung in Berlin", "accused": "APT28"}
    row = {"reader": "Ann", "document": "a.txt", "claims": [claim, {**claim, "accused": "APT40"}]}
    (tmp_path / "claims.jsonl").write_text(json.dumps(row), "utf-8")
    case = build([str(tmp_path / "a.txt")], readers=read_offered(tmp_path / "claims.jsonl"))
    (one,) = case.claims
    assert one.readers == ("Ann",) and one.score < SURE
    assert one.quote.text == claim["quote"] and one.accused.party is not None and one.accused.party.canonical == "APT28"
    assert any("Ann offered 1 claim that cannot be taken" in problem.what for problem in case.problems)


def test_a_denial_in_another_language_is_taken() -> None:
    text = "Moskau wies jede Beteiligung an dem Angriff auf die Partei zurück. Der Sprecher nannte die Vorwürfe haltlos."
    document = document_from_text(text, name="a.txt")
    claim = ProposedClaim(quote=text.partition(" Der")[0], stance=Stance.DENIES, source="Moskau", accused="Moskau")
    assert not ground(document, ProposedReading(reader="r", document="", claims=(claim,))).fallen


def test_who_invents_is_no_witness_for_what_is_not_there() -> None:
    text = "Microsoft attributes the attack on Exchange to HAFNIUM with high confidence."
    document = document_from_text(text, name="a.txt")
    (alone,) = read_document(document, load()).claims
    lie = ProposedClaim(quote="HAFNIUM is innocent, everybody says.", stance=Stance.DENIES, accused="HAFNIUM")
    for offered, doubted in (((lie,), False), ((), True)):
        reading = ProposedReading(reader="r", document="", claims=offered, read=((0, len(text)),))
        (one,) = read_document(document, load(), readers=[lambda _, given=reading: Answer(given)]).claims
        assert (one.score < alone.score) is doubted


def test_what_is_read_can_be_offered_again() -> None:
    document = document_from_text(TEXT, name="a.txt", published="2024-01-02")
    own = read_document(document, load()).claims
    offered = tuple(offered_of(claim) for claim in own)
    assert own and not ground(document, ProposedReading(reader="r", document="", claims=offered)).fallen


@given(st.text(max_size=300), st.text(max_size=120), st.text(max_size=40), st.sampled_from(Stance))
def test_nothing_is_raised_whatever_is_offered(text: str, quote: str, party: str, stance: Stance) -> None:
    document = document_from_text(text, name="a.txt")
    claims = (
        ProposedClaim(quote=quote, stance=stance, source=party, accused=party, firmness_words=party),
        ProposedClaim(quote=text, stance=stance, source=party, accused=text[:20], tie_words=text[20:30]),
    )
    found = ground(document, ProposedReading(reader="r", document="", claims=claims))
    assert len(found.proposals) + len(found.fallen) == 2
    for proposal in found.proposals:
        for place in (proposal.sentence, proposal.accused, proposal.speaker, *sum(proposal.tags.values(), ())):
            assert place is None or 0 <= place[0] < place[1] <= len(text)
