"""The measure of what others keep counts what is there, and cannot be fooled by what is not."""

from __future__ import annotations

import sys

from evals.exchange import FIELDS, fields_kept, peers
from indicia.share.stix.told import told
from tests.sample_case import document_of, exchange_case


def test_all_five_fields_are_read_from_a_note_in_plain_text() -> None:
    case = exchange_case()
    kept = fields_kept(case.claims, [told(claim, document_of(case, claim), doubtful=False) for claim in case.claims])
    assert kept == dict.fromkeys(FIELDS, len(case.claims))


def test_what_is_lost_is_not_counted() -> None:
    case = exchange_case()
    notes = [told(claim, document_of(case, claim), doubtful=False) for claim in case.claims]
    assert fields_kept(case.claims, []) == {}
    assert fields_kept(case.claims, notes[1:])["quote"] == len(notes) - 1
    spoilt = [note.replace("Stance: ", "Stance: un") for note in notes]
    kept = fields_kept(case.claims, spoilt)
    assert kept["stance"] == 0
    assert kept["source"] == len(notes)


def test_the_peers_that_are_installed_keep_every_claim_whole() -> None:
    """PyMISP is; misp-stix and pycti where somebody installed them."""
    case = exchange_case()
    found = peers(case, [sys.executable])
    assert {one["peer"].split()[0] for one in found} >= {"PyMISP"}
    for one in found:
        assert fields_kept(case.claims, one["kept"]) == dict.fromkeys(FIELDS, len(case.claims)), one["way"]
