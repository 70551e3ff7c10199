"""Documents that were made to break a reader: long, without ends, mixed, disguised. The work is counted, never timed."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia import knowledge
from indicia.read.claims import read_claims
from indicia.read.fronts import document_from_text, open_source
from indicia.records import Claim, Document

SIZE = 2_400  # characters: several chunks
SENTENCE = "Norway accused China of the breach at Larkspur Mining. "
PIECES = (
    SENTENCE,
    "Norway said that Russia hacked the bank, and Sweden, Finland and Denmark blamed APT28 for it. ",
    "Russia hacked, ",
    "APT28 and ",
    "(((Russia ",
    "Russia, ",
    "said “Russia” ",
    "hacked by ",
    "A. B. ",
    "U.S. ",
    "China-linked ",
    "“said ‘",
    "\u202eRussia\u202c ",
    "hack\u00aded ",
    "((",
    "\n- ",
    "\r\n \r\n",
    "e\u0301",
    "1 January 2021, ",
    "nothing of note ",
    "<b>",
)


class Counting:
    """A pattern that counts the characters that it is given to look at."""

    def __init__(self, pattern: re.Pattern[str], add: Callable[[int], None]) -> None:
        self._pattern = pattern
        self._add = add

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._pattern, name)
        if name not in {"search", "match", "fullmatch", "finditer", "findall", "split", "sub"}:
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            text = next(one for one in arguments[1 if name == "sub" else 0 :] if isinstance(one, str))
            places = [one for one in arguments if isinstance(one, int)] if name != "sub" else []
            begin, end = (*places, *(0, len(text))[len(places) :])
            self._add(max(0, min(end, len(text)) - begin))
            return found(*arguments, **named)

        return call


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], int]]:
    """Counts the work of reading a text beside the network: calls of functions, and characters that patterns are given to look
    at."""
    characters = [0]

    def add(count: int) -> None:
        characters[0] += count

    for name, module in list(sys.modules.items()):
        if name.startswith("indicia.read.claims") and isinstance(module, ModuleType):
            for key, value in list(vars(module).items()):
                if isinstance(value, re.Pattern):
                    monkeypatch.setattr(module, key, Counting(value, add))
    known = knowledge.load()

    def count(text: str) -> int:
        document = document_from_text(text, name="hostile")
        calls = [0]

        def watch(frame: FrameType, event: str, argument: object) -> None:
            calls[0] += event in ("call", "c_call")

        characters[0] = 0
        sys.setprofile(watch)
        try:
            read_claims(document, known)
        finally:
            sys.setprofile(None)
        return calls[0] + characters[0]

    count(SENTENCE)  # what is made once is not counted
    yield count


@pytest.mark.parametrize("piece", PIECES)
def test_work_grows_with_the_text_and_no_faster(work: Callable[[str], int], piece: str) -> None:
    small, large = (work((piece * (length // len(piece) + 1))[:length]) for length in (SIZE, 4 * SIZE))
    assert large < 4.8 * small + 2000


def test_work_grows_so_for_mixtures_too(work: Callable[[str], int]) -> None:
    @settings(max_examples=5, deadline=None)
    @given(st.lists(st.sampled_from(PIECES), min_size=2, max_size=6))
    def check(pieces: list[str]) -> None:
        piece = "".join(pieces)
        small, large = (work((piece * (length // len(piece) + 1))[:length]) for length in (SIZE, 3 * SIZE))
        assert large < 6 * small + 2000  # three times the text; what is heard in it varies, and a quadratic step makes nine

    check()


def claims_of(document: Document) -> list[Claim]:
    claims = list(read_claims(document, knowledge.load())[0])
    for claim in claims:
        for span in claim.spans():
            assert document.text[span.start : span.end] == span.text
    return claims


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("one-line.txt", ("nothing of note " * 20_000 + "ends here. " + SENTENCE).encode()),
        ("latin.txt", ("Café, naïve. " + SENTENCE).encode("latin-1")),
        ("utf-16.txt", ("é " + SENTENCE).encode("utf-16")),
        ("mixed.txt", "é ".encode() + b"\xe9 \xff " + SENTENCE.encode()),
        ("marks.txt", ("\u202eabc\u202c \u200f" + SENTENCE).encode()),
        ("page.html", f"<html><body><script>'<p>Iran did it</p>'</script><p>“‘«{SENTENCE}»’”</p></body></html>".encode()),
        ("soft.html", b"<html><body><p>Nor&shy;way ac&shy;cused China of the breach.</p></body></html>"),
    ],
)
def test_claims_are_found_and_quoted_to_the_letter_in_odd_files(tmp_path: Path, name: str, data: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    (document,) = open_source(path).documents
    accusing = [claim for claim in claims_of(document) if claim.accused.party is not None]
    assert [claim.accused.party.canonical for claim in accusing if claim.accused.party] == ["China"]


def test_a_quote_of_a_page_leads_back_to_its_element(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    page = (
        "<html><head><title>News</title><script>var x = '<p>Iran attacked the bank.</p>';</script></head><body><article>"
        "<h1>Harbour</h1><p>It rained.</p><blockquote><p>Norway <b>accused</b> <a href='x'>China</a> of the"
        "\n  breach at Larkspur&nbsp;Mining.</p></blockquote></article></body></html>"
    )
    path.write_text(page)
    (document,) = open_source(path).documents
    (claim,) = claims_of(document)
    assert claim.accused.party is not None
    assert claim.accused.party.canonical == "China"
    assert "blockquote" in document.where(claim.quote.start)


def test_a_quote_of_a_pdf_leads_back_to_its_page(tmp_path: Path) -> None:
    import typst

    source = tmp_path / "report.typ"
    source.write_text(
        "#set page(width: 9cm, height: 9cm)\n= Report\nIt rained on the first day, and on the second one too.\n#pagebreak()\n"
        "Norway accused China of the breach at Larkspur Mining, which the company had kept to itself for most of a year."
    )
    path = tmp_path / "report.pdf"
    path.write_bytes(typst.compile(str(source)))
    (document,) = open_source(path).documents
    (claim,) = [one for one in claims_of(document) if one.accused.party is not None]
    assert claim.source.party is not None
    assert claim.source.party.canonical == "Norway"
    assert document.where(claim.quote.start) == "page 2"
    assert "\n" not in claim.quote.text, "the lines of the page are joined to a sentence"
