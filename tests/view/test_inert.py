"""Text of others made harmless."""

from __future__ import annotations

import csv
import io
import sys
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.cli.talk import plain
from indicia.view.inert import Shown, clip, defang, inert_cell, inert_table, visible

ANY = st.text(st.characters(codec=None), max_size=200)


# Signs of format that are seen, and what whole scripts need: joiners and variation selectors.
SEEN = set(map(chr, (*range(0x600, 0x606), 0x6DD, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD, 0x200C, 0x200D, *b"\t\n")))
# Of other categories, and not seen either.
IGNORABLE = set(map(chr, (0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0, *range(0xE0100, 0xE01F0))))
IGNORABLE |= set("\u180b\u180c\u180d\u180f")


def hides(char: str) -> bool:
    return char in IGNORABLE or (unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in SEEN)


@pytest.mark.parametrize("sink", [visible, plain, inert_cell])
def test_no_sink_lets_a_hidden_character_through(sink: Callable[[str], str]) -> None:
    for code in range(sys.maxunicode + 1):
        char = chr(code)
        if hides(char):
            shown = sink(f"a{char}b")
            assert char not in shown and not any(map(hides, shown)), hex(code)
        elif char.isprintable() and sink is not inert_cell:
            assert sink(f"a{char}b") == f"a{char}b", hex(code)


@pytest.mark.parametrize("sink", [visible, plain, inert_cell])
@given(text=ANY)
def test_what_comes_out_can_be_written_and_hides_nothing(sink: Callable[[str], str], text: str) -> None:
    shown = sink(text)
    assert not any(map(hides, shown))
    shown.encode("utf-8")


FORMULA = st.text(
    st.sampled_from("=+-@\uff1d\uff0b\uff0d\uff20\ufe66\u2212;,|\t\r\n \u3000\u00a0\ufeff\u200b\x00\x1b\"'a1"), max_size=12
)


@given(st.lists(FORMULA, min_size=1, max_size=4))
def test_no_cell_is_a_formula_wherever_it_is_opened(cells: list[str]) -> None:
    table = inert_table(["head"] * len(cells), [cells]).decode("utf-8")
    for separator in ",;\t|":
        for row in csv.reader(io.StringIO(table, newline=""), delimiter=separator):
            for cell in row:
                unquoted = [cell, *cell.split("\n")] if separator != "," else [cell]
                for each in unquoted:
                    start = unicodedata.normalize("NFKC", each.strip().strip('"').strip())[:1]
                    assert start not in {"=", "+", "-", "@", "\u2212"}, (separator, row)


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
