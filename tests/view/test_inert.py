"""Text of others made harmless."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from indicia.view.inert import Shown, clip, defang, visible

ANY = st.text(st.characters(codec=None), max_size=200)


@given(ANY)
def test_nothing_hidden_and_nothing_obeyed_is_left(text: str) -> None:
    shown = visible(text)
    for char in shown:
        kind = unicodedata.category(char)
        assert kind not in {"Cc", "Cs"} or char in "\t\n", hex(ord(char))
        assert unicodedata.bidirectional(char) not in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    shown.encode("utf-8")


@given(ANY)
def test_twice_is_once(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text("abc \n\t\x1b\u202e", max_size=300), st.integers(5, 80))
def test_a_clipped_text_fits_and_loses_no_control_character_unseen(text: str, most: int) -> None:
    short = clip(text, most)
    assert len(short) <= most and "\n" not in short
    if len(" ".join(text.split())) <= most:
        assert short.count("\x1b") == text.count("\x1b")


def test_known_indicators_are_defanged_wherever_they_stand() -> None:
    show = Shown(["mail-cdn.example", "update.mail-cdn.example", "198.51.100.23", "https://bad.example/x.js"])
    assert show("GET https://bad.example/x.js by 198.51.100.23") == "GET hxxps://bad[.]example/x.js by 198[.]51[.]100[.]23"
    assert show("see update.mail-cdn.example.") == "see update[.]mail-cdn[.]example."
    assert show("203.0.113.9, build 15.1.2106.2") == "203.0.113[.]9, build 15.1.2106.2"
    assert show("http://other.example") == "hxxp://other.example"


def test_defanged_forms() -> None:
    assert defang("a.b@bad.example") == "a[.]b[@]bad[.]example"
    assert defang("HTTPS://BAD.example/A.B") == "HxxPS://BAD[.]example/A.B"


def test_tags_and_lone_surrogates_do_not_pass() -> None:
    assert visible("a\U000e0041b") == "a\u27e8U+E0041\u27e9b"
    assert visible("\ud800") == "\ufffd"
    assert visible("plain text") == "plain text"


def test_many_indicators_and_long_runs_are_shown() -> None:
    show = Shown(f"host{n}.bad{n}.example" for n in range(20_000))
    assert show("x" * 200_000 + " host7.bad7.example " + "a." * 50_000).count("[.]") == 2
    assert show("a:" * 50_000) == "a:" * 50_000


def test_an_address_of_version_six_is_defanged_and_a_time_is_not() -> None:
    show = Shown(["2001:db8::7"])
    assert show("2001:db8::7 at 06:49:50") == "2001[:]db8[:][:]7 at 06:49:50"
