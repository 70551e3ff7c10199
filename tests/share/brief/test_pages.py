"""The three writers: golden files, links that lead somewhere, hostile text, size and speed."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from functools import cache

import html5lib
import msgspec
import pypdfium2
import pytest
from markdown_it import MarkdownIt

from indicia.errors import UsageError
from indicia.records import Case, Claim, Outcome, Stance, from_json
from indicia.share import FORMATS, render
from indicia.share.brief.blocks import Columns, Fold, Picture, Section, Table
from indicia.share.brief.build import build
from indicia.share.redact import marking_of
from indicia.view.lines import plain
from indicia.view.unread import unread
from tests import golden
from tests.sample_case import VERSIONS
from tests.share.brief.cases import KNOWLEDGE, advised, named

CASES = ["exchange", "news", "empty", "hostile"]
XHTML = "{http://www.w3.org/1999/xhtml}"


@cache
def page(name: str) -> str:
    return render(named(name), "html", KNOWLEDGE).decode()


@cache
def tree(name: str) -> ET.Element:
    """Parsed as a browser parses; raises at the first fault against the standard."""
    parser = html5lib.HTMLParser(strict=True)
    element = parser.parse(page(name))
    assert isinstance(element, ET.Element)
    return element


@pytest.mark.parametrize("name", ["small", "empty"])
@pytest.mark.parametrize("form", ["html", "md", "json"])
def test_golden(name: str, form: str) -> None:
    golden.check(f"brief-{name}.{form}", reviewable(render(named(name), form, KNOWLEDGE), form))


def reviewable(made: bytes, form: str) -> bytes:
    """The same in lines that a person can read: no style (it is a file of its own), a line for each block, JSON indented."""
    if form == "json":
        return json.dumps(json.loads(made), indent=1, ensure_ascii=False).encode() + b"\n"
    made = re.sub(rb"<style>.*?</style>|'sha256-[^']+'", b"", made, flags=re.DOTALL)
    if form == "html":
        made = re.sub(
            rb"(?<!\n)(?=<(?:section|h\d|p|ul|ol|li|table|tr|t[hd]|d[ltd]|details|figure|svg|g|rect|text|line|path)\b)",
            b"\n",
            made,
        )
    return made


@pytest.mark.parametrize("form", ["html", "md", "json", "pdf"])
def test_same_case_same_bytes(form: str) -> None:
    again = from_json(render(named("exchange"), "json", KNOWLEDGE), Case)
    assert render(again, form, KNOWLEDGE) == render(named("exchange"), form, KNOWLEDGE)


def test_the_json_form_is_the_case() -> None:
    case = named("exchange")
    assert from_json(render(case, "json", KNOWLEDGE), Case) == case


def test_an_unknown_format_is_a_usage_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match="no format 'doc'.*html"):
        render(named("empty"), "doc", KNOWLEDGE)
    assert list(FORMATS)[:5] == ["md", "html", "pdf", "docx", "json"]


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_valid_html(name: str) -> None:
    assert tree(name).tag == f"{XHTML}html"


@pytest.mark.parametrize("name", CASES)
def test_ids_are_unique_and_links_lead_somewhere(name: str) -> None:
    ids = [element.get("id") for element in tree(name).iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    links = [element.get("href", "") for element in tree(name).iter(f"{XHTML}a")]
    assert links and all(link.startswith("#") for link in links), "the page leads nowhere outside of itself"
    assert {link[1:] for link in links} <= set(ids)


@pytest.mark.parametrize("name", CASES)
def test_the_page_runs_nothing_and_loads_nothing(name: str) -> None:
    for element in tree(name).iter():
        local = element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
        assert local not in {
            "script",
            "iframe",
            "object",
            "embed",
            "link",
            "img",
            "image",
            "foreignObject",
            "use",
            "animate",
            "base",
            "form",
        }
        for key, value in element.attrib.items():
            assert not key.lower().startswith("on") and key.lower() not in {"src", "srcset", "style", "action", "xlink:href"}, (
                local,
                key,
            )
            assert "javascript:" not in value.lower()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page(name))
    assert policy and policy[1].startswith("default-src 'none'; style-src 'sha256-") and "unsafe" not in policy[1]


def test_the_style_is_the_one_that_the_policy_allows() -> None:
    import base64
    import hashlib

    text = page("exchange")
    style = text.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in text


@pytest.mark.parametrize("name", CASES)
def test_the_marking_stands_first_and_last(name: str) -> None:
    label = marking_of(named(name)).label
    assert re.findall(r'<span class="tlp">([^<]+)</span>', page(name)) == [label, label]
    lines = render(named(name), "md", KNOWLEDGE).decode().strip().splitlines()
    assert lines[0] == lines[-1] == f"**{label}**"


def test_tables_have_captions_and_scopes_and_pictures_have_words() -> None:
    for table in tree("exchange").iter(f"{XHTML}table"):
        assert table.find(f"{XHTML}caption") is not None
        assert all(head.get("scope") == "col" for head in table.findall(f"{XHTML}thead/{XHTML}tr/{XHTML}th"))
        assert all(row[0].get("scope") == "row" for row in table.findall(f"{XHTML}tbody/{XHTML}tr"))
    for svg in tree("exchange").iter("{http://www.w3.org/2000/svg}svg"):
        assert svg.get("role") == "img" and svg.find("{http://www.w3.org/2000/svg}desc") is not None


def test_headings_go_down_one_step_at_a_time() -> None:
    levels = [
        int(tag.tag[-1]) for tag in tree("exchange").iter() if isinstance(tag.tag, str) and re.fullmatch(r".*\}h[1-6]", tag.tag)
    ]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))


def tables(part: Section) -> dict[str, Table]:
    """All tables of an annex by caption, those in folds among them."""
    inside = [inner for block in part.blocks if isinstance(block, Fold) for inner in block.blocks]
    return {block.caption: block for block in (*part.blocks, *inside) if isinstance(block, Table)}


def annex(name: str, section: str, **options: bool) -> Section:
    (found,) = [one for one in build(named(name), KNOWLEDGE, **options).sections if one.id == section]
    return found


def test_every_statement_leads_to_its_quote() -> None:
    case = named("exchange")
    brief = build(case, KNOWLEDGE)
    assert all(one.notes for one in brief.gist[len(tuple(unread(case))) :])  # what nobody read rests on no record
    (who,) = [box for box in brief.page_one if box.id == "who"]
    (together,) = who.blocks
    assert isinstance(together, Table)
    assert all(row.cells[1].notes for row in together.rows)
    rows = [row for table in tables(annex("exchange", "claims")).values() for row in table.rows]
    assert len(rows) == 11
    assert all(row.cells[-1].notes for row in rows)


def words_of_page_one(name: str) -> list[str]:
    """All that stands open before the annexes, but for the numbers of notes."""
    (sheet,) = [one for one in tree(name).iter(f"{XHTML}div") if one.get("class") == "sheet"]
    parts = [sheet.find(f"{XHTML}header"), sheet.find(f"{XHTML}main/{XHTML}div")]
    told: list[str] = []

    def walk(element: ET.Element) -> None:
        if element.tag != f"{XHTML}sup":
            told.append(element.text or "")
            for inner in element:
                walk(inner)
                told.append(inner.tail or "")

    for part in parts:
        assert part is not None
        walk(part)
    return " ".join(told).split()


@pytest.mark.parametrize("name", [*CASES, "big"])
def test_page_one_is_short(name: str) -> None:
    assert len(words_of_page_one(name)) < 420


def test_page_one_answers_five_questions() -> None:
    """Who accuses whom, who denies, how firmly, were we hit, what first: from page one alone."""
    text = " ".join(words_of_page_one("exchange"))
    for words in (
        "The European Union and the United Kingdom name China",
        "China denies it",
        "Denies it:",
        "“a high degree of confidence”",
        "Yes: compromise",
        "insufficient grounds",
        "Within 1 hour: Name an incident lead",
        "What is not known",
    ):
        assert words in text, words


@pytest.mark.parametrize("name", CASES)
def test_page_one_is_one_sheet_of_the_pdf(name: str) -> None:
    document = pypdfium2.PdfDocument(render(named(name), "pdf", KNOWLEDGE))
    first, second = (document[number].get_textpage().get_text_range() for number in (0, 1))
    assert "What is not known" in first and "Annexes:" in first
    assert second.split("\n")[1].strip() == "Key judgements"
    assert len(document) < 15
    document.close()


def test_notes_are_quotes_or_log_lines_with_their_place() -> None:
    case = named("exchange")
    texts = {document.text for document in case.documents}
    brief = build(case, KNOWLEDGE)
    assert len(brief.notes) > 10
    for note in brief.notes:
        words, where = plain(note.text), plain(note.where)
        if words.startswith("\u201c"):
            fragment = words.strip("\u201c\u201d\u2026")[:60].replace("[.]", ".")
            assert any(fragment in " ".join(text.split()) for text in texts), words
            assert re.match(r"\[\d+\] ", where)
        else:
            assert "EXCH01, 2021-03-03" in where or where.startswith("["), where


def test_indicators_are_defanged_in_what_people_read_and_not_in_the_machine_form() -> None:
    for form in ("html", "md"):
        text = render(named("exchange"), form, KNOWLEDGE).decode().replace("\\", "")
        assert "update[.]mail-cdn[.]example" in text and "update.mail-cdn.example" not in text
        assert "198.51.100.23" not in text
    assert b"update.mail-cdn.example" in render(named("exchange"), "json", KNOWLEDGE)


def test_everything_left_out_is_counted_and_named() -> None:
    text = page("exchange")
    assert "Left out: 5 in all (2 could not be used at all, 3 lost a part)" in text
    for what in ("the line is cut", "not a log format that is known", "unknown modifier", "save it as PDF"):
        assert what in text, what


def test_hostile_text_shows_as_text() -> None:
    text = page("hostile")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u27e8U+202E\u27e9" in text and "\u27e8U+001B\u27e9" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u200b]", text)


def test_hostile_text_is_no_markup_for_a_reader_of_markdown() -> None:
    text = render(named("hostile"), "md", KNOWLEDGE).decode()
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    markdown = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table")
    kinds = set()
    for token in markdown.parse(text):
        kinds.add(token.type)
        kinds.update(child.type for child in token.children or ())
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    assert "<script" not in markdown.render(text)


def test_a_table_row_stays_a_row_whatever_its_cells_hold() -> None:
    text = render(named("hostile"), "md", KNOWLEDGE).decode()
    heads = [line for line in text.splitlines() if re.fullmatch(r"\|( --- \|)+", line)]
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(heads) > 5
    counts = {len(re.findall(r"(?<!\\)\|", line)) for line in rows}
    assert counts <= {len(re.findall(r"\|", line)) for line in heads}


@pytest.mark.parametrize("name", ["exchange", "hostile"])
def test_pdf_has_the_same_content_and_the_marking_on_each_page(name: str) -> None:
    data = render(named(name), "pdf", KNOWLEDGE)
    assert data.startswith(b"%PDF-")
    assert b"pdfuaid:part" in data, "it says that it conforms to PDF/UA"
    document = pypdfium2.PdfDocument(data)
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    assert all(text.count(marking_of(named(name)).label) >= 2 for text in texts)
    whole = re.sub(r"\s+", "", "".join(texts)).replace("\u200b", "").replace("\xad", "").replace("\ufffe", "")
    brief = build(named(name), KNOWLEDGE)
    for section in brief.sections:
        assert re.sub(r"\s+", "", section.title) in whole, section.title
    if name == "exchange":
        assert "theEuropeanUnionandtheUnitedKingdomnameChina" in whole
    document.close()


def test_a_big_case_is_folded() -> None:
    case = named("big")
    from indicia.knowledge import load

    knowledge = load()
    data = render(case, "html", knowledge)
    assert len(data) < 3_000_000
    text = data.decode()
    assert "494 more claims" in text
    assert "9880 more rows: in the JSON form" in text
    open_part = re.sub(r"<details>.*?</details>", "", text, flags=re.DOTALL)
    assert len(open_part) < len(text) / 2
    assert html5lib.HTMLParser(strict=True).parse(text) is not None


def pictures(blocks: tuple) -> list[Picture]:  # type: ignore[type-arg]
    found = []
    for block in blocks:
        if isinstance(block, Picture):
            found.append(block)
        elif isinstance(block, Fold):
            found += pictures(block.blocks)
        elif isinstance(block, Columns):
            found += [one for column in block.columns for one in pictures(column)]
    return found


@pytest.mark.parametrize("name", [*CASES, "big"])
def test_pictures_are_well_formed_and_stay_within_their_frame(name: str) -> None:
    brief = build(named(name), KNOWLEDGE)
    found = [one for part in (*brief.page_one, *brief.sections) for one in pictures(part.blocks)]
    if name in {"exchange", "big"}:
        assert {"timeline", "claims", "matrix", "coverage", "hypotheses-said", "weights-said"} <= {one.name for one in found}
    for one in found:
        root = ET.fromstring(one.svg)
        width, height = float(root.get("width", 0)), float(root.get("height", 0))
        assert one.alt and width > 100 and height > 20
        for element in root.iter():
            for key in ("x", "x1", "x2", "cx"):
                assert -5 <= float(element.get(key, 0)) <= width + 5, (one.name, key, element.attrib)
            for key in ("y", "y1", "y2", "cy"):
                assert -5 <= float(element.get(key, 0)) <= height + 5, (one.name, key, element.attrib)


def test_denials_stand_apart_from_accusations() -> None:
    captions = tables(annex("exchange", "claims"))
    against = captions["Denials, doubts and silence"]
    assert [plain(row.cells[0]) for row in against.rows] == ["China", "parliament of one affected country"]
    assert all("denies" not in plain(cell) for row in captions["Who is accused of it, and by whom"].rows for cell in row.cells)


def test_a_brief_on_paper_counts_what_it_leaves_out_and_the_full_one_has_it() -> None:
    case = named("exchange")
    short, full = (render(case, "md", KNOWLEDGE, full=full).decode() for full in (False, True))
    assert len(short) < 0.8 * len(full)
    assert "in brief.html and the full brief" in short and "in brief.html" not in full
    numbers = [int(number) for number in re.findall(r"^(\d+)\. ", short.split("## Notes")[1], re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1)), "notes are counted anew"


@pytest.mark.parametrize("stance", list(Stance))
def test_every_stance_can_be_shown(stance: Stance) -> None:
    one = named("exchange").claims[0]
    fields = {name: getattr(one, name) for name in Claim.__struct_fields__} | {"stance": stance}
    case = Case(name="one", versions=VERSIONS, documents=named("exchange").documents, claims=(Claim(**fields),))
    assert render(advised(case), "html", KNOWLEDGE)


def test_a_claim_to_check_is_not_said_to_be_none() -> None:
    case = named("small")
    doubtful = tuple(msgspec.structs.replace(one, score=0.5) for one in case.claims[:1])
    shown = render(msgspec.structs.replace(case, claims=doubtful, affairs=()), "md", KNOWLEDGE).decode()
    assert "No claim was found" not in shown
    assert "1 claim in 1 text goes back to 1 utterance" in shown


def test_a_claim_about_a_text_that_is_gone_is_still_shown() -> None:
    case = msgspec.structs.replace(named("news"), documents=())
    assert "a source that is not in the case" in render(case, "html", KNOWLEDGE).decode()


def test_a_megabyte_in_one_field_does_not_become_a_megabyte_of_page() -> None:
    case = named("exchange")
    document = case.documents[0]
    long = msgspec.structs.replace(document, text=document.text + " said " + "x " * 500_000)
    claim = msgspec.structs.replace(case.claims[0], quote=long.span(0, len(long.text)))
    assert case.hunt is not None
    sighting = case.hunt.sightings[0]
    event = msgspec.structs.replace(sighting.event, fields={"AnchorMailbox": "y" * 1_000_000})
    loud = msgspec.structs.replace(sighting, event=event, matched=(("AnchorMailbox", "y" * 1_000_000),), title="z" * 1_000_000)
    hunt = msgspec.structs.replace(case.hunt, sightings=(loud, *case.hunt.sightings[1:]))
    big = msgspec.structs.replace(case, documents=(long, *case.documents[1:]), claims=(claim, *case.claims[1:]), hunt=hunt)
    data = render(big, "html", KNOWLEDGE)
    assert len(data) < 2 * len(render(case, "html", KNOWLEDGE))


def test_a_technique_is_not_said_to_have_worked_unless_a_line_shows_it() -> None:
    case = named("exchange")
    assert case.hunt is not None
    for outcome, words in (
        (Outcome.SUCCESS, "with success"),
        (Outcome.UNKNOWN, "outcome not known"),
        (Outcome.ATTEMPT, "as attempts"),
    ):
        sightings = tuple(msgspec.structs.replace(one, outcome=outcome) for one in case.hunt.sightings)
        changed = msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, sightings=sightings))
        found = pictures(next(part for part in build(changed, KNOWLEDGE).sections if part.id == "techniques").blocks)
        assert f"T1003.001 seen in our logs, {words}" in found[0].alt


def test_the_denial_stands_on_page_one_however_many_accuse() -> None:
    claims = named("exchange").claims
    assert claims[0].accused.party is not None
    party = claims[0].accused.party
    many = tuple(
        msgspec.structs.replace(
            claims[0],
            id=f"claim--{number}",
            accused=msgspec.structs.replace(
                claims[0].accused, party=msgspec.structs.replace(party, canonical=f"Group {number}")
            ),
        )
        for number in range(9)
    )
    case = msgspec.structs.replace(named("exchange"), claims=(*many, *claims))
    (who,) = [box for box in build(case, KNOWLEDGE).page_one if box.id == "who"]
    together = who.blocks[0]
    assert isinstance(together, Table)
    assert any(plain(row.cells[0]).startswith("Denies") for row in together.rows)
    assert len(together.rows) <= 20
