from __future__ import annotations

import string
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.hostile import INDICATORS
from indicia.read.fronts import document_from_text
from indicia.read.indicators import cues, find_indicators
from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hosts import known_role, registrable, valid_host
from indicia.read.indicators.refang import refang

CASES = Path(__file__).parent.parent.parent / "cases" / "read" / "indicators"


def cases() -> list[object]:
    return [
        pytest.param(case["text"], case.get("name", "case"), case["want"], id=f"{path.stem}-{number}")
        for path in sorted(CASES.glob("*.yml"))
        for number, case in enumerate(yaml.safe_load(path.read_text("utf-8")), start=1)
    ]


@pytest.mark.parametrize(("text", "name", "want"), cases())
def test_cases(text: str, name: str, want: list[str]) -> None:
    document = document_from_text(text, name=name)
    got = []
    for m in find_indicators(document):
        assert document.text[m.span.start : m.span.end] == m.span.text
        assert (m.context.value == "stated") or m.reason
        if not m.method.startswith("within"):
            got.append(f"{m.type} {m.value}" + (f" ! {m.context.value} ({m.reason})" if m.context.value != "stated" else ""))
    assert got == [line for line in want if not line.endswith("! none")]


def test_a_url_brings_its_host_along() -> None:
    document = document_from_text("It beacons to hxxps://a.b[.]example.com:8443/x?y", name="t")
    url, host = find_indicators(document)
    assert (url.value, host.value, host.method, host.span.text) == (
        "https://a.b.example.com:8443/x?y",
        "a.b.example.com",
        "within url",
        "a.b[.]example.com",
    )


TOKENS = st.sampled_from(
    [
        "a.example.com",
        "hxxp://b[.]example[.]com/x",
        "198.51.100[.]7",
        "[.]",
        "(dot)",
        "\\.",
        " [at] ",
        "C:\\x\\y.exe",
        "\n",
        "é",
        "Ж",
        "🙂",
        "://",
        "@",
        "CVE-2021-26855",
        "[:]",
        " ",
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=25).map("".join))
def test_spans_always_lead_back(text: str) -> None:
    document = document_from_text(text, name="t")
    for m in find_indicators(document):
        assert document.text[m.span.start : m.span.end] == m.span.text and m.span.text


@settings(max_examples=200, deadline=None)
@given(st.lists(TOKENS, max_size=25).map("".join))
def test_the_view_maps_every_piece_back(text: str) -> None:
    view = refang(text)
    ranges = np.array([(at, at + 1) for at in range(len(view.text))], np.int64).reshape(-1, 2)
    for at, ((start, end), hidden) in enumerate(zip(view.originals(ranges), view.disguised(ranges), strict=True)):
        assert 0 <= start < end <= len(text)
        if not hidden:
            assert text[start:end] == view.text[at]


def low(text: str) -> str:
    """As stems are compared: any white space is a blank, quotes beyond Latin-1 are all the same."""
    return "".join(" " if c.isspace() else "\xff" if c > "\xff" else c for c in text.lower())


@pytest.mark.parametrize("family", sorted(cues.FAMILIES))
def test_stems_and_expressions_of_a_family_agree(family: str) -> None:
    """What the expressions match on the marked texts begins with a stem before a hit and has one in it after it; else the
    shortcut would lose it."""
    before, begins, after, after_stems = cues.FAMILIES[family]
    folder = Path(__file__).parent.parent.parent.parent / "evals" / "data" / "indicators"
    for path in folder.glob("*.txt"):
        for line in path.read_text("utf-8").splitlines():
            for at in range(0, len(line), 7):
                for pattern in before:
                    match = pattern.search(line[max(0, at - 120) : at])
                    assert match is None or low(match[0]).startswith(tuple(map(low, begins))), match
                for pattern in after:
                    match = pattern.match(line[at : at + 120])
                    assert match is None or any(low(stem) in low(match[0]) for stem in after_stems), match


@pytest.mark.parametrize("family", sorted(name for name, family in cues.FAMILIES.items() if family.before))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_every_form_of_a_cue_begins_with_a_stem(family: str, data: st.DataObject) -> None:
    """The same for whatever the expressions could match at all."""
    for pattern in cues.FAMILIES[family].before:
        written = data.draw(st.from_regex(pattern, alphabet=st.sampled_from(string.printable + "’“”‘–")))
        match = pattern.search(written)
        if match is not None:
            assert low(match[0]).startswith(tuple(map(low, cues.FAMILIES[family].begins))), match


@pytest.mark.parametrize("text", INDICATORS.values(), ids=INDICATORS.keys())
def test_hostile_lines_are_read_to_the_end(text: str) -> None:
    """That time stays in proportion is measured by `python -m bench.hostile`."""
    document = document_from_text(text + "\n\nThe beacon went to last.evil.example.\n", name="t")
    found = find_indicators(document)
    assert all(document.text[one.span.start : one.span.end] == one.span.text for one in found)
    assert found[-1].value == "last.evil.example"


def test_hosts() -> None:
    assert registrable("a.b.example.co.uk") == "example.co.uk"
    assert registrable("com") is None and registrable("a.notatld") is None
    assert valid_host("xn--bcher-kva.example") and not valid_host("-a.example") and not valid_host("a_b.example")
    assert known_role("login.microsoft.com") == "benign" and known_role("x.blob.core.windows.net") == "shared"


def test_positions_are_those_of_the_text_beyond_latin() -> None:
    text = "Жук🙂 a.example.com"
    assert Anchors(text).dots == [text.index("."), text.rindex(".")]
