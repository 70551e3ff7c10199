from __future__ import annotations

from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.techniques import find_literal


def found(text: str) -> list[tuple[str, str, str | None]]:
    return [(m.value, m.method, m.target) for m in find_literal(document_from_text(text, name="t"), load())]


def test_ids_old_and_new() -> None:
    assert found("T1505.003, T1190 and T1100; xT1190, T1190x and T11900 are none.") == [
        ("T1505.003", "id", "T1505.003"),
        ("T1190", "id", "T1190"),
        ("T1505.003", "id", "T1505.003"),
    ]
    (revoked,) = find_literal(document_from_text("T1100", name="t"), load())
    assert revoked.reason.startswith("T1100 was revoked")


def test_an_unknown_id_has_no_target() -> None:
    assert found("T1999 is new.") == [("T1999", "id", None)]


def test_names_as_attack_writes_them() -> None:
    assert found("They used Process Injection; process injection in small letters waits for a reader.") == [
        ("T1055", "name", "T1055")
    ]
    assert found("Server Software Component: Web Shell") == [("T1505.003", "name", "T1505.003")]


def test_a_name_beside_its_id_is_one_mention() -> None:
    assert found("Web Shell (T1505.003)") == [("T1505.003", "id", "T1505.003")]
    assert found("Persistence\tServer Software Component: Web Shell\tT1505.003\tUsed it") == [("T1505.003", "id", "T1505.003")]


def test_a_thing_alone_on_its_line_is_a_technique_only_beside_others() -> None:
    assert found("Written in\nVisual Basic\nsince May") == found("Network Devices\nThese were not affected.") == []
    assert found("Visual Basic\nProcess Injection\n") == [("T1059.005", "name", "T1059.005"), ("T1055", "name", "T1055")]
    assert found("T1047\nVisual Basic\n") == [("T1047", "id", "T1047"), ("T1059.005", "name", "T1059.005")]
    assert found("Process Injection\nIt was seen.") == [("T1055", "name", "T1055")]


def test_single_words_are_not_techniques() -> None:
    assert found("Phishing, DNS and Malware are words.") == []
