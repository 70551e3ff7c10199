"""What no claim can be: questions, other matters, speakers that cannot speak, who finds an attack or is nobody."""

from __future__ import annotations

import pytest

from indicia import knowledge
from indicia.read.claims import claim_row, read_claims
from indicia.records import Document, stable_id


def said(text: str) -> set[tuple[str, str | None, str | None]]:
    document = Document(id=stable_id("document", text), name="a text", text=text, sha256="")
    claims, _ = read_claims(document, knowledge.load())
    rows = [claim_row(claim, document) for claim in claims]
    return {(row["stance"], row["source"], row["accused"]) for row in rows}


@pytest.mark.parametrize(
    "text",
    [
        "Q Does the White House believe that North Korea is behind the hack at the studio?",
        "Has the intelligence community attributed the ransomware attack to the Russian government?",
        "- The court rules that the sentence given to Ann Bo for attempting to bomb the airport was too light.\n"
        "- The health agency reports that the outbreak, which is caused by a parasite, has spread to four states.",
        "The United Kingdom and its allies today exposed a campaign of attacks on water utilities.",
        "The United Kingdom and its partners have jointly exposed a campaign of intrusions into ports and airports.",
        "Israel's cyber directorate says that it repelled attacks on water companies.",
    ],
)
def test_nobody_is_accused(text: str) -> None:
    assert said(text) == set()


def test_the_same_words_about_a_hack_accuse() -> None:
    assert ("accuses", "The White House", "North Korea") in said(
        "The White House believes that North Korea is behind the hack at the studio."
    )


def test_who_only_gave_a_name_accuses_nobody() -> None:
    text = "Purple Haze is a China-nexus threat actor tracked by SentinelLABS that hacked into telecom networks in Europe."
    assert all(source != "SentinelLABS" for _, source, _ in said(text))


def test_who_is_not_said_to_have_done_it_is_not_accused() -> None:
    text = (
        "The FBI, Mr. Keller told reporters, does not judge that the Russian government was behind the ransomware attack on "
        "the port, but it does judge that criminals in Russia were."
    )
    assert all(stance != "accuses" or accused != "the Russian government" for stance, _, accused in said(text))


def test_a_state_that_is_accused_beside_one_that_brings_it_to_light_stays_accused() -> None:
    accused = {
        name for stance, _, name in said("Norway exposed a hacking campaign against its ministries and blamed Russia for it.")
    }
    assert accused == {"Russia"}


def test_a_charge_that_is_taken_back_is_a_withdrawal() -> None:
    told = said("Estonia has withdrawn its assessment that Russia was behind the cyberattack on the ministry of justice.")
    assert told == {("withdraws", "Estonia", "Russia")}
