"""Work grows with the text and no faster, on text that was made to break the readers. It is counted at x1, x2 and x4."""

from __future__ import annotations

import io
import json
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from indicia import knowledge
from indicia.hunt.logs.formats import LogInput, linekinds, recognise, syslog
from indicia.hunt.logs.formats.base import Wanted
from indicia.hunt.rules.stix import documents_in
from indicia.knowledge import galaxy
from indicia.read import reading
from indicia.read.fronts import document_from_text, open_source, pdf
from indicia.read.fronts.html import read_html
from indicia.read.fronts.html_apart import HERE
from indicia.read.fronts.opened import Limits
from indicia.read.fronts.pdf import join_pages
from indicia.read.fronts.sniff import FileKind, sniff
from indicia.read.fronts.structured import read_json
from indicia.read.indicators import find_indicators
from indicia.read.indicators.find import PLACES
from indicia.read.names import find_names
from indicia.read.reading import read_document
from indicia.records import Problem
from tests.work import ended_by, steps

NAMES = (
    *("APT40 ", "APT40, ", "APT40\n", "APT40 and ", "APT40 (", "the group APT40 ", "also known as APT40 ", "Fancy Bear "),
    *("a group called Quillnest{} ", "the Larder{} ransomware ", "dubbed QuillNest{}, ", "UNC{}, "),
)
INDICATORS = (
    "198.51.100.7 ",
    "198.51.100.7,",
    "http://a.example/",
    "hxxp[:]//",
    "a.",
    "[.]",
    "C:\\a\\",
    "<br>",
    "a@",
    "/a",
    "“",
)


def made(piece: str, size: int) -> str:
    """About `size` characters of a piece; `{}` in it is a number of its own each time."""
    count = size // len(piece) + 1
    return "".join(piece.replace("{}", f"{n:04}") for n in range(count)) if "{}" in piece else piece * count


def grows_as_its_input(work: Callable[[int], int], size: int) -> None:
    one, two, four = work(size), work(2 * size), work(4 * size)
    assert two < 2.3 * one + 2000, (one, two, four)
    assert four < 4.6 * one + 4000, (one, two, four)


@pytest.mark.parametrize("piece", NAMES)
def test_names(piece: str) -> None:
    known = knowledge.load()
    find_names(document_from_text("APT40", name="a"), known)  # what is made once is not counted
    grows_as_its_input(lambda size: steps(lambda: find_names(document_from_text(made(piece, size), name="a"), known)), 2_000)


@pytest.mark.parametrize("piece", INDICATORS)
def test_indicators(piece: str) -> None:
    find_indicators(document_from_text("198.51.100.7", name="a"))
    grows_as_its_input(lambda size: steps(lambda: find_indicators(document_from_text(made(piece, size), name="a"))), 2_000)


def test_of_a_value_that_stands_everywhere_the_first_places_are_given() -> None:
    text = f"{'198.51.100.7 http://a.example/x ' * (PLACES + 3)} 198.51.100.8"
    problems: list[Problem] = []
    values = Counter(mention.value for mention in find_indicators(document_from_text(text, name="a"), problems))
    assert values == {"198.51.100.7": PLACES, "http://a.example/x": PLACES, "a.example": PLACES, "198.51.100.8": 1}
    assert [problem.count for problem in problems] == [9]


def in_one_pattern(count: int) -> str:
    return " OR ".join(f"ipv4-addr:value = '198.51.{n // 256}.{n % 256}'" for n in range(count))


BUNDLES: dict[str, Callable[[int], list[dict[str, object]]]] = {
    "indicators": lambda n: [{"type": "indicator", "pattern": f"[url:value = 'http://a.example/{i}']"} for i in range(n)],
    "one pattern": lambda n: [{"type": "indicator", "pattern": f"[{in_one_pattern(n)}]"}],
    "systems": lambda n: [{"type": "autonomous-system", "number": i} for i in range(n)],
    "names": lambda n: [{"type": "malware", "name": f"a\u00e9{i}"} for i in range(n)],
}


@pytest.mark.parametrize("piece", ["a", " ", "[", "a:a[", "a:b = ", "a:'", "-"])
def test_patterns_of_nothing(piece: str) -> None:
    pattern = "[" + piece * (100_000 // len(piece))
    bundle = json.dumps({"type": "bundle", "objects": [{"type": "indicator", "pattern": pattern}]})
    with ended_by(5):
        read_json(bundle, "a", Limits())
        documents_in(bundle.encode())


@pytest.mark.parametrize("kind", BUNDLES)
def test_bundles(kind: str) -> None:
    def bundle(count: int) -> str:
        return json.dumps({"type": "bundle", "objects": BUNDLES[kind](count)}, indent=1)

    grows_as_its_input(lambda count: steps(lambda: read_json(bundle(count), "a", Limits())), 100)
    with ended_by(20):  # what is searched in C
        parsed = read_json(bundle(8_000), "a", Limits())
        document = document_from_text(parsed.text, name="a")
        assert parsed.find is not None
        assert len(parsed.find(document)) == 8_000
        assert {document.where(at) for at in range(0, len(document.text), len(document.text) // 8_000)}


@pytest.mark.parametrize(
    "used",
    [
        lambda text: syslog._PAIR.findall(text),
        lambda text: syslog._HEX.match(text),
        lambda text: galaxy.users_by_style(text),
        lambda text: linekinds._PAIR.findall(text),
        lambda text: linekinds._WORD.findall(text),
    ],
    ids=["_PAIR", "_HEX", "_STYLES", "pairs", "words"],
)
@pytest.mark.parametrize("piece", ["[ ", "a", "A", "A0", "a ", "'", "the ", 'a="', "a='b", "1111-11-11T11:11:11", "node=a "])
def test_expressions_on_what_they_nearly_match(used: Callable[[str], object], piece: str) -> None:
    with ended_by(5):
        used(made(piece, 400_000))


@pytest.mark.parametrize("row", ["-", "/", ", ", "a-", "/a"])
def test_a_row_of_dashes_after_what_is_called_legitimate(row: str) -> None:
    with ended_by(5):
        assert find_indicators(document_from_text(f"A legitimate {row * 100} 198.51.100.7", name="a"))


def test_lines_that_look_like_the_head_of_a_mail_are_tried_once() -> None:
    with ended_by(5):
        assert sniff(b"name: value\r\n" * 300 + b"the text", "a.txt")[0] is FileKind.PLAIN


MARKDOWN = (
    "# a" + " " * 100_000 + "\x01",
    "# a\n\n" + " " * 100_000 + "\x01",
    "# a\n\n" + "a|\n" + " " * 100_000 + "|\n",
    "---\ntitle: a" + " " * 100_000 + "\x01\n---\n# a\n",
    *(
        "# a\n\nb " + piece * (100_000 // len(piece))
        for piece in ("![a](a", "[a](a", "<!--a", "<style>", "<table\n", "`", "`a``")
    ),
)


@pytest.mark.parametrize("text", MARKDOWN, ids=[repr(text[:4] + text[10:24]) for text in MARKDOWN])
def test_markdown_that_never_ends_what_it_begins(text: str, tmp_path: Path) -> None:
    page = tmp_path / "a.md"
    page.write_text(text)
    with ended_by(5):
        assert open_source(page).documents


@pytest.mark.parametrize(
    "page",
    ["a" * 100_000 + "\n\ufffe", "a[.]" * 25_000 + "\na", "a-\n" * 10_000, "many words are here and go on,\n" * 4_000],
    ids=["a word", "a host", "hyphens", "lines"],
)
def test_pages_of_a_pdf_that_are_one_paragraph(page: str) -> None:
    with ended_by(5):
        text, blocks = join_pages([page, page])
    assert text and blocks


def test_a_pdf_that_was_stopped_says_so_also_where_it_has_too_many_pages() -> None:
    problems: list[Problem] = []
    pdf._judge_end(["a"], {"pages": 1_000_000}, problems, False, "took longer than 20 s", "a", Limits())
    assert [problem.what.partition(";")[0] for problem in problems] == ["has 1,000,000 pages", "took longer than 20 s"]
    assert [pdf.seconds_for(size << 20, Limits()) for size in (0, 5, 100)] == [20.0, 40.0, 60.0]


def test_many_heads_make_few_batches() -> None:
    def batches(heads: int, different: int) -> tuple[int, list[Problem]]:
        data = b"".join(
            b"#Fields: date time x%d\n2021-03-03 06:00:00 a\n#Date: 2021-03-03\n" % (n % different) for n in range(heads)
        )
        form = recognise(data, "a.log")
        assert form is not None
        log = LogInput("a.log", lambda: io.BytesIO(data), len(data))
        made = list(form.read([log], Wanted()))
        problems = [item for item in made if isinstance(item, Problem)]
        assert sum(item.size for item in made if not isinstance(item, Problem)) + sum(p.count for p in problems) == heads
        return len(made) - len(problems), problems

    assert batches(3_000, 2) == (2, [])
    count, problems = batches(3_000, 3_000)
    assert count == 256
    assert "different headers were left out" in problems[0].what


def test_a_page_of_nothing_but_nested_elements_is_read_elsewhere_and_given_up(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><body><p>APT40 was here." + "<div>" * 120_000 + "the end</html>")
    opened = open_source(page, limits=Limits(html_seconds=1.0))
    assert "only the text between its tags was read" in opened.problems[0].what
    assert opened.documents[0].text.split() == ["APT40", "was", "here.", "the", "end"]


def test_a_page_is_read_alike_here_and_elsewhere() -> None:
    rows = "".join(f"<tr><td>198.51.100.{n % 250}</td><td>a host &amp; more</td></tr>" for n in range(HERE // 4))
    page = f"<html><head><title>A list</title></head><body><h1>A list</h1><table>{rows}</table></body></html>"
    assert page.count("<") > HERE
    assert read_html(page, "a", Limits()) == read_html(page, "a", Limits(), here=True)


def test_a_long_page_is_read_as_a_page_up_to_as_many_elements_as_one_may_have(tmp_path: Path) -> None:
    page = tmp_path / "a.html"
    page.write_text("<html><body><p>one" + "<br>" * 3_000 + "<p>two" + "<br>" * 3_000 + "<p>three" + "<br>" * 3_000)
    opened = open_source(page, limits=Limits(part_bytes=4_000, first_bytes=4_000, elements=1_000))
    assert [document.text.strip() for document in opened.documents] == ["one", "two", "three"]
    assert ["only the text between its tags" in problem.what for problem in opened.problems] == [True]


def test_what_follows_the_last_element_that_may_be_read_costs_nothing() -> None:
    parsed = read_html("<p>one" + "<br>" * 5_000 + "<p>two", "a", Limits(elements=1_000))
    assert "more than 1,000 elements" in parsed.problems[0].what


def test_a_long_text_is_read_in_full_up_to_a_bound_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FULLY", 4_000)
    text = (
        "Norway accused China of the breach at Larkspur Mining. " + "The mine went on working that day. " * 30
    ) * 10 + "It came from 198.51.100.7."
    found = read_document(document_from_text(text, name="a"), knowledge.load())
    assert found.claims
    assert all(claim.quote.end <= 4_000 for claim in found.claims)
    assert [mention.value for mention in found.mentions if mention.type == "ipv4-addr"] == ["198.51.100.7"]
    assert re.search(r"in the first [34],\d\d\d characters only", found.problems[-1].what)
