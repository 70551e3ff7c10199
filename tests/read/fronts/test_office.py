"""Sheets, slides, OpenDocument, RTF and subtitles say what their plain text says, and lead back to their places."""

from __future__ import annotations

import io
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest

from indicia.errors import IndiciaError
from indicia.knowledge import load
from indicia.read.fronts import open_source
from indicia.read.fronts.opened import Limits
from indicia.read.fronts.rtf import read_rtf
from indicia.read.fronts.sniff import FileKind, sniff
from indicia.read.reading import read_document
from indicia.records import Severity
from tests.read.fronts.made import presentation
from tests.work import ended_by

SAID = "Microsoft attributes the attack on Exchange to HAFNIUM with high confidence."
MORE = "China denied that it had any part in it & called it <false>."


def packed(members: dict[str, str], *, stored: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in members.items():
            file.writestr(name, text, zipfile.ZIP_STORED if name == stored else None)
    return out.getvalue()


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


FAMILIES = {"p": "presentationml", "a": "drawingml"}


def slides() -> bytes:
    families = FAMILIES.items()
    names = " ".join(f'xmlns:{one}="http://schemas.openxmlformats.org/{family}/2006/main"' for one, family in families)

    def slide(*paragraphs: str) -> str:
        runs = ((escaped(one[:9]), escaped(one[9:])) for one in paragraphs)
        told = "".join(f"<a:p><a:r><a:t>{a}</a:t></a:r><a:r><a:t>{b}</a:t></a:r></a:p>" for a, b in runs)
        return f"<p:sld {names}><p:txBody>{told}</p:txBody></p:sld>"

    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "ppt/slides/slide10.xml": slide(MORE),
            "ppt/slides/slide2.xml": slide("What is known", SAID),
        }
    )


def open_document() -> bytes:
    text = (
        '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><text:h>What is known</text:h>'
        f"<text:p>{escaped(SAID[:9])}<text:span>{escaped(SAID[9:30])}</text:span>{escaped(SAID[30:])}</text:p>"
        f"<text:p>{escaped(MORE)}</text:p></office:document-content>"
    )
    return packed({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": text}, stored="mimetype")


def sheet() -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.title = "Claims"
    book.active.append(["When", "What"])
    book.active.append(["2021-03-02", SAID])
    book.create_sheet("Answers").append([None, MORE])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


RTF = (r"{\rtf1\ansi\deff0 {\fonttbl{\f0 Arial;}}\f0 " + SAID + r"\par " + MORE + r"\par}").encode()
SRT = (
    f"1\r\n00:00:01,000 --> 00:00:04,000\r\n{SAID[:31]}\r\n{SAID[32:]}\r\n\r\n"
    f"2\r\n00:01:05,000 --> 00:01:09,000\r\n<i>{MORE}</i>\r\n"
)
VTT = (
    f"WEBVTT\n\nNOTE made by hand\n\n00:01.000 --> 00:04.000 align:start\n<v Ann Bo>{SAID[:31]}\n\n"
    f"00:04.000 --> 00:06.000\n<v Ann Bo>{SAID[32:]}\n\n01:00:06.500 --> 01:00:09.000\n<v Cy Do>{MORE}\n"
)
FORMS = {
    "slides.pptx": (slides, FileKind.SLIDES, "slide 2"),
    "text.odt": (open_document, FileKind.OPEN_DOCUMENT, "paragraph 2"),
    "sheet.xlsx": (sheet, FileKind.SHEETS, "sheet Claims row 2"),
    "text.rtf": (lambda: RTF, FileKind.RTF, "paragraph 1"),
    "talk.srt": (lambda: SRT.encode(), FileKind.SUBTITLES, "00:00:01"),
    "talk.vtt": (lambda: VTT.encode(), FileKind.SUBTITLES, "00:00:01"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_says_what_its_text_says(name: str, tmp_path: Path) -> None:
    make, kind, place = FORMS[name]
    data = make()
    if kind is FileKind.SHEETS:
        pytest.importorskip("python_calamine")
    assert sniff(data, name)[0] is kind
    (tmp_path / name).write_bytes(data)
    opened = open_source(tmp_path / name)
    (document,) = opened.documents
    assert not opened.problems
    assert SAID in document.text and "called it" in document.text
    assert document.where(document.text.index(SAID)) == place
    assert all(document.text[one.start : one.end].strip() for one in document.blocks)
    claims = read_document(document, load()).claims
    assert ("accuses", "HAFNIUM") in [(one.stance.value, one.accused.party and one.accused.party.canonical) for one in claims]


@pytest.mark.parametrize("name", ["slides.pptx", "text.odt", "sheet.xlsx", "text.rtf"])
@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_a_broken_file_is_a_problem(name: str, keep: float, tmp_path: Path) -> None:
    data = FORMS[name][0]()
    (tmp_path / name).write_bytes(data[: int(len(data) * keep)])
    opened = open_source(tmp_path / name)
    assert opened.problems or opened.documents
    assert all(one.severity is not Severity.NOTE for one in opened.problems)


def test_a_bomb_is_left_alone(tmp_path: Path) -> None:
    data = packed({"[Content_Types].xml": "<Types/>", "ppt/slides/slide1.xml": " " * 300_000_000})
    (tmp_path / "bomb.pptx").write_bytes(data)
    opened = open_source(tmp_path / "bomb.pptx")
    assert not opened.documents and opened.problems[0].severity is Severity.FAILED


def test_a_broken_message_is_a_problem(tmp_path: Path) -> None:
    pytest.importorskip("oxmsg")
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "__substg1.0_".encode("utf-16-le") + b"\0" * 600
    (tmp_path / "mail.msg").write_bytes(data)
    opened = open_source(tmp_path / "mail.msg")
    assert not opened.documents and "broken Outlook message" in opened.problems[0].what


def test_captions_that_roll_are_read_once(tmp_path: Path) -> None:
    cue = "00:0{}.000 --> 00:0{}.000\n{}\n\n"
    cues = (cue.format(1, 2, "One."), cue.format(2, 3, "One."), cue.format(3, 4, "Two."))
    (tmp_path / "a.vtt").write_text("WEBVTT\n\n" + "".join(cues), "utf-8")
    (document,) = open_source(tmp_path / "a.vtt").documents
    assert document.text == "One. Two."


def far_cell() -> bytes:
    """A sheet of two cells, the first and the last: some 400 GB for whoever takes room for all between them."""
    book = pytest.importorskip("openpyxl").Workbook()
    book.active["A1"] = book.active["XFD1048576"] = SAID
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_that_asks_for_all_memory_costs_itself_alone(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine")
    (tmp_path / "a.xlsx").write_bytes(far_cell())
    (tmp_path / "b.txt").write_text(SAID, "utf-8")
    opened = open_source(tmp_path)
    assert [one.text for one in opened.documents] == [SAID]
    assert [(one.severity, one.what) for one in opened.problems] == [(Severity.FAILED, "asks for too much memory")]


RUNAWAY = {
    "fields in fields": rb"{\rtf1 " + rb'{\field{\*\fldinst{HYPERLINK "" ' * 600,
    "a table of fonts without end": rb"{\rtf1{\fonttbl" + rb"\f1 " * 200_000 + b"}x}",
    "fonts of one line": rb"{\rtf1{\fonttbl" + rb"\f1\fcharset0 " * 100_000 + b"}x}",
    "groups": b"{\\rtf1 " + b"{" * 200_000,
    "formats": b"{\\rtf1 " + rb"\v a\v0 b" * 20_000 + b"}",
    "bytes that are left out": b"{\\rtf1 " + rb"\bin99999999 " * 1_000 + b"}",
}


@pytest.mark.parametrize("how", RUNAWAY)
def test_no_rtf_runs_away(how: str) -> None:
    with ended_by(20.0), suppress(IndiciaError):
        read_rtf(RUNAWAY[how], "a.rtf", Limits())


def test_letters_of_rtf_are_those_of_its_fonts() -> None:
    fonts = rb"{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}{\f2\fcharset134 C;}}"
    body = rb"\f0 caf\'e9 \f1\'cc\'ee\'f1\'ea\'e2\'e0 \f2\'b9\'fa\f0  \uc1\u8212? \u-10179?\u-8704? \'93so\'94\par"
    parsed = read_rtf(b"{\\rtf1\\ansi\\ansicpg1252\\deff0" + fonts + body + b"}", "a.rtf", Limits())
    assert parsed.text == "caf\u00e9 \u041c\u043e\u0441\u043a\u0432\u0430 \u56fd \u2014 \U0001f600 \u201cso\u201d"


def test_slides_are_read_in_the_order_in_which_they_are_shown(tmp_path: Path) -> None:
    said = {"1": "Last.", "2": "First.", "3": "Then."}
    order = "".join(f'<p:sldId id="{number}" r:id="r{number}"/>' for number in "231")
    links = "".join(f'<Relationship Id="r{number}" Target="slides/slide{number}.xml"/>' for number in said)
    page = "<p:sld NAMES><p:sp><p:txBody><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:txBody></p:sp></p:sld>"
    pages = {number: page.format(text) for number, text in said.items()}
    (tmp_path / "a.pptx").write_bytes(
        presentation(
            pages,
            ppt__presentation=f"<p:presentation NAMES><p:sldIdLst>{order}</p:sldIdLst></p:presentation>",
            **{"ppt___rels__presentation.xml.rels": f"<Relationships>{links}</Relationships>"},
        )
    )
    (document,) = open_source(tmp_path / "a.pptx").documents
    assert document.text == "First.\n\nThen.\n\nLast." and document.where(0) == "slide 2"
