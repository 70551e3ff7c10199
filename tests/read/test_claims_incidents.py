"""Which affair a claim is about. The sentences are made up for this test."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.read.claims.known.incidents import Incidents
from indicia.records import Document, stable_id

KNOWN = knowledge.load()
INCIDENTS = Incidents(KNOWN)


@pytest.mark.parametrize(
    ("text", "id"),
    [
        ("Seoul said the North had copied the plans of Korea's nuclear reactors in 2014.", "kimsuky-khnp-2014"),
        ("Berlin attributes the attack on German air traffic control to APT28.", "dfs-2024"),
        ("Russia, said Kyiv, was behind the attack on Ukraine's registers.", "ukraine-registers-2024"),
        ("The chemical weapons watchdog's network was the aim of the GRU's car.", "opcw-2018"),
        ("Conti's attack on the Irish health service took weeks to clear.", "hse-2021"),
        ("The Dutch say Laundry Bear took the police officers' contact details.", "dutch-police-2024"),
        ("An employee of C&M Software sold his login.", "cm-software-2025"),
        ("Montenegro aligns itself with the Union's statement on Russia.", None),
        ("The target of the operation was a bakery in Leicester.", None),
        ("The queue at the Co-op was long.", None),
    ],
)
def test_told_by_words(text: str, id: str | None) -> None:
    incident = INCIDENTS.told(text)
    assert (incident.id if incident else None) == id


@pytest.mark.parametrize(
    ("text", "incident"),
    [
        ("The harbour office would not say whether Russia was behind it.", None),
        ("Oslo accused Russia of the attack on Kestrel Ports.", "the attack on Kestrel Ports"),
    ],
)
def test_called_by_the_text(text: str, incident: str | None) -> None:
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert [claim_row(claim, document)["incident"] for claim in claims] == [incident]


@pytest.mark.parametrize(
    "text",
    [
        "MS. PLUMB: Yes. Well, Mr. Tarn met the Kestrel Harbour Board. I am not in a position to attribute it to Ruritania.",
        "Kestrel Labs described APT41 in a 2019 report as a group that Ruritania sponsors.",
        "The group has been linked to Ruritania's army by Norway, and uses the Plover malware.",
        "Norway attributes the Plover malware families to APT41.",
        "Data were shared with MISP. Finland says Turla, which works for the FSB, uses many procedures (TTPs).",
    ],
)
def test_what_tells_of_no_deed_is_no_incident(text: str) -> None:
    """People, tools, reports and places to share data are no incidents, however near to a claim they stand."""
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert claims and {claim.incident for claim in claims} == {None}


def test_a_short_text_on_one_affair_names_it_after_the_claim() -> None:
    text = "The Swiss ministry would not say who was responsible. The documents stolen from Xplain appeared in June."
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN)
    assert [claim.incident_id for claim in claims] == ["xplain-2023"]


def test_no_affair_is_taken_from_a_short_text_that_is_older() -> None:
    text = "The Swiss ministry would not say who was responsible. The documents stolen from Xplain appeared in June."
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="", published="2019-07-01")
    claims, _ = read_claims(document, KNOWN)
    assert [claim.incident_id for claim in claims] == [None]


def test_what_a_group_is_said_to_be_is_not_the_deed_before() -> None:
    text = (
        "In 2014 Korea Hydro and Nuclear Power was hacked, and plans of reactors were leaked on Twitter. "
        "Kimsuky is a cyber espionage group that South Korea ties to North Korea."
    )
    document = Document(id=stable_id("document", text), name="case", text=text, sha256="")
    claims, _ = read_claims(document, KNOWN, threshold=0.1)
    named = [claim for claim in claims if claim.accused.party and claim.accused.party.canonical == "Kimsuky"]
    assert named and {claim.incident for claim in named} == {None}
