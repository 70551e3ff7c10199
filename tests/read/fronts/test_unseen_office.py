"""What nobody sees who looks at slides, an OpenDocument, RTF, a sheet, a mail or a book accuses nobody; what people see is
read; and a label in what they do not see still marks the text."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from indicia.read.fronts import open_source
from indicia.read.fronts.opened import Opened
from indicia.records import Severity, Tlp
from tests.read.fronts import made

SEEN = "The ministry spoke about the weather of the coming week."
LIE = "The United States accused Norway of the attack on Microsoft."
NOT_READ = f"{len(LIE)} characters that nobody sees who looks at the page were not read"
ASIDE = f"{len(LIE)} characters of comments, notes or deleted text were not read"
PERHAPS = "perhaps nobody sees them who looks at the page; they were read"


# -- slides


def run(text: str, properties: str = "") -> str:
    return (
        f"<a:p><a:r><a:rPr{properties}</a:rPr><a:t>{text}</a:t></a:r></a:p>"
        if properties
        else f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
    )


def shape(words: str, *, drawn: str = "", named: str = "", letters: str = "") -> str:
    name = f'<p:nvSpPr><p:cNvPr id="2" name="x"{named}/></p:nvSpPr>'
    return f"<p:sp>{name}<p:spPr>{drawn}</p:spPr><p:txBody><a:lstStyle>{letters}</a:lstStyle>{words}</p:txBody></p:sp>"


def slide(shapes: str, *, said: str = "", background: str = "") -> str:
    return f"<p:sld NAMES{said}><p:cSld>{background}<p:spTree>{shapes}</p:spTree></p:cSld></p:sld>"


def fill(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>'


def deck(shapes: str, **parts: str) -> bytes:
    return made.presentation({"1": slide(shape(run(SEEN)) + shapes)}, **parts)


def two(said: str = "", words: str = LIE, **parts: str) -> bytes:
    return made.presentation({"1": slide(shape(run(SEEN))), "2": slide(shape(run(words)), said=said)}, **parts)


def off(x: int) -> str:
    return f'<a:xfrm><a:off x="{x}" y="0"/><a:ext cx="900000" cy="900000"/></a:xfrm>'


WHITE = run(LIE, f">{fill('FFFFFF')}")
LIST = '<p:presentation NAMES><p:sldIdLst><p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>'
LINKS = '<Relationships><Relationship Id="rId1" Type="x/slide" Target="slides/slide1.xml"/></Relationships>'
NOTES = f"<p:notes NAMES><p:sp><p:txBody>{run(LIE)}<a:p><a:fld><a:t>1</a:t></a:fld></a:p></p:txBody></p:sp></p:notes>"
HIDDEN_IN_SLIDES = {
    "a hidden slide": two(' show="0"'),
    "a slide that is not listed": two(ppt__presentation=LIST, **{"ppt___rels__presentation.xml.rels": LINKS}),
    "a hidden shape": deck(shape(run(LIE), named=' hidden="1"')),
    "left of the slide": deck(shape(run(LIE), drawn=off(-900_001))),
    "right of the slide": deck(shape(run(LIE), drawn=off(12_192_000))),
    "white": deck(shape(WHITE)),
    "white by the theme": deck(shape(run(LIE, '><a:solidFill><a:schemeClr val="bg1"/></a:solidFill>'))),
    "white by the shape": deck(shape(run(LIE), letters=f"<a:lvl1pPr><a:defRPr>{fill('FEFEFE')}</a:defRPr></a:lvl1pPr>")),
    "dark on a dark shape": deck(shape(run(LIE, f">{fill('112233')}"), drawn=fill("102030"))),
    "tiny": deck(shape(run(LIE, ' sz="100">'))),
    "without ink": deck(shape(run(LIE, "><a:noFill/>"))),
}
SHOWN_IN_SLIDES = {
    "plain": deck(shape(run(LIE))),
    "a slide that is shown": two(' show="1"'),
    "white on a dark shape": deck(shape(WHITE, drawn=fill("102030"))),
    "at the edge": deck(shape(run(LIE), drawn=off(-100))),
    "white on a dark slide": made.presentation(
        {"1": slide(shape(run(SEEN)) + shape(WHITE), background=f"<p:bg><p:bgPr>{fill('000000')}</p:bgPr></p:bg>")}
    ),
    "small": deck(shape(run(LIE, ' sz="800">'))),
}


# -- OpenDocument


def styled(properties: str, family: str = "text") -> str:
    return f'<style:style style:name="T" style:family="{family}">{properties}</style:style>'


def odt(body: str, properties: str = "", **parts: str) -> bytes:
    return made.open_text(f"<office:text><text:p>{SEEN}</text:p>{body}</office:text>", styled(properties), **parts)


SPAN = f'<text:p><text:span text:style-name="T">{LIE}</text:span></text:p>'
HIDDEN_IN_TEXT = {
    "hidden": odt(SPAN, '<style:text-properties text:display="none"/>'),
    "white": odt(SPAN, '<style:text-properties fo:color="#ffffff"/>'),
    "white paragraph": odt(f'<text:p text:style-name="T">{LIE}</text:p>', '<style:text-properties fo:color="#fefefe"/>'),
    "black on black": odt(SPAN, '<style:text-properties fo:color="#000000" fo:background-color="#000000"/>'),
    "tiny": odt(SPAN, '<style:text-properties fo:font-size="1pt"/>'),
    "a hidden section": odt(f'<text:section text:display="none"><text:p>{LIE}</text:p></text:section>'),
    "hidden words": odt(f'<text:p><text:hidden-text text:is-hidden="true">{LIE}</text:hidden-text></text:p>'),
    "a hidden paragraph": odt(f'<text:p><text:hidden-paragraph text:is-hidden="true"/>{LIE}</text:p>'),
    "by a style that another is based on": odt(
        SPAN.replace('"T"', '"U"'),
        '<style:text-properties text:display="none"/>',
        styles='<style:style style:name="U" style:parent-style-name="T"/>',
    ),
    "a hidden row": odt(
        f'<table:table><table:table-row table:visibility="collapse"><table:table-cell><text:p>{LIE}</text:p></table:table-cell>'
        "</table:table-row></table:table>"
    ),
    "a hidden slide": made.open_text(
        f"<office:presentation><draw:page><text:p>{SEEN}</text:p></draw:page>"
        f'<draw:page draw:style-name="T"><text:p>{LIE}</text:p></draw:page></office:presentation>',
        styled('<style:drawing-page-properties presentation:visibility="hidden"/>', "drawing-page"),
    ),
    "left of the page": odt(
        f'<text:p><draw:frame svg:x="-9999cm"><draw:text-box><text:p>{LIE}</text:p></draw:text-box></draw:frame></text:p>'
    ),
}
ASIDE_IN_TEXT = {
    "deleted": odt(
        f"<text:tracked-changes><text:changed-region><text:deletion><text:p>{LIE}</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes>"
    ),
    "a comment": odt(f"<text:p>It rained.<office:annotation><text:p>{LIE}</text:p></office:annotation></text:p>"),
    "speaker's notes": made.open_text(
        f"<office:presentation><draw:page><text:p>{SEEN}</text:p><presentation:notes><text:p>{LIE}</text:p></presentation:notes>"
        "</draw:page></office:presentation>"
    ),
}
SHOWN_IN_TEXT = {
    "plain": odt(SPAN),
    "white on black": odt(SPAN, '<style:text-properties fo:color="#ffffff" fo:background-color="#000000"/>'),
    "small": odt(SPAN, '<style:text-properties fo:font-size="7pt"/>'),
    "a section": odt(f'<text:section text:display="true"><text:p>{LIE}</text:p></text:section>'),
    "a footnote": odt(
        f"<text:p>It rained.<text:note><text:note-body><text:p>{LIE}</text:p></text:note-body></text:note></text:p>"
    ),
}


# -- RTF


def rtf(body: str, head: str = "") -> bytes:
    colours = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;\red250\green252\blue255;}"
    return (r"{\rtf1\ansi\deff0{\fonttbl{\f0 Arial;}}" + colours + head + r"\f0 " + SEEN + r"\par " + body + r"\par}").encode()


HIDDEN_IN_RTF = {
    "hidden": rtf(rf"{{\v {LIE}}}"),
    "hidden, and no group": rtf(rf"\v {LIE}\v0"),
    "white": rtf(rf"\cf1 {LIE}\cf0"),
    "nearly white": rtf(rf"{{\cf3 {LIE}}}"),
    "black on black": rtf(rf"{{\cf2\chcbpat2 {LIE}}}"),
    "tiny": rtf(rf"{{\fs2 {LIE}}}"),
    "narrow": rtf(rf"{{\charscalex1 {LIE}}}"),
}
ASIDE_IN_RTF = {"deleted": rtf(rf"{{\deleted {LIE}}}"), "a comment": rtf(rf"It rained.{{\*\annotation {LIE}}}")}
SHOWN_IN_RTF = {
    "plain": rtf(LIE),
    "hidden and shown": rtf(rf"\v\v0 {LIE}"),
    "after a hidden group": rtf(rf"{{\v }}{LIE}"),
    "white on black": rtf(rf"{{\cf1\highlight2 {LIE}}}"),
    "plain again": rtf(rf"\cf1\v\plain {LIE}"),
    "inserted": rtf(rf"{{\revised {LIE}}}"),
    "a footnote": rtf(rf"It rained.{{\footnote {LIE}}}"),
    "in a table": rtf(rf"\trowd\intbl one\cell {LIE}\cell\row\pard"),
    "in a box": rtf(rf"{{\shp{{\*\shpinst{{\sp{{\sn a}}{{\sv b}}}}{{\shptxt {LIE}\par}}}}{{\shprslt again}}}}"),
}


# -- sheets


def sheet(change: Callable[..., None]) -> bytes:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.active.append([SEEN])
    change(book, book.active)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _styled(**said: Any) -> Callable[..., None]:
    def change(book: Any, page: Any) -> None:
        from openpyxl.styles import Font, PatternFill

        page["A2"] = LIE
        cell = page["A2"]
        if "format" in said:
            cell.number_format = said["format"]
        if "behind" in said:
            cell.fill = PatternFill("solid", fgColor=said["behind"])
        cell.font = Font(color=said.get("colour"), size=said.get("size", 11))

    return change


def _hidden_sheet(state: str) -> Callable[..., None]:
    def change(book: Any, page: Any) -> None:
        more = book.create_sheet("More")
        more["A1"] = LIE
        more.sheet_state = state

    return change


def _row(**said: Any) -> Callable[..., None]:
    def change(book: Any, page: Any) -> None:
        page["A2"] = LIE
        for key, value in said.items():
            setattr(page.row_dimensions[2], key, value)

    return change


def _column(book: Any, page: Any) -> None:
    page["D1"] = LIE
    page.column_dimensions["D"].hidden = True


def _filtered(book: Any, page: Any) -> None:
    _row(hidden=True)(book, page)
    page.auto_filter.ref = "A1:A2"
    page.auto_filter.add_filter_column(0, ["x"])


def _commented(book: Any, page: Any) -> None:
    from openpyxl.comments import Comment

    page["A1"].comment = Comment(LIE, "a")


HIDDEN_IN_SHEETS = {
    "a hidden sheet": _hidden_sheet("hidden"),
    "a very hidden sheet": _hidden_sheet("veryHidden"),
    "a hidden row": _row(hidden=True),
    "a row of no height": _row(height=0.1),
    "a hidden column": _column,
    "white": _styled(colour="FFFFFF"),
    "dark on dark": _styled(colour="101010", behind="111111"),
    "tiny": _styled(size=1),
    "a format that shows nothing": _styled(format=";;;"),
}
SHOWN_IN_SHEETS = {
    "plain": _styled(),
    "a sheet": _hidden_sheet("visible"),
    "white on dark": _styled(colour="FFFFFF", behind="101010"),
    "a format": _styled(format="0.00;;;@"),
}


# -- mails


PAGE = f"<html><body><p>{SEEN}</p></body></html>"
HIDDEN_IN_MAILS = {
    "white": made.mail(html=f'<html><body><p>{SEEN}</p><p style="color:#fff">{LIE}</p></body></html>'),
    "white, in a .msg": made.message(subject="News", html=f'<p>{SEEN}</p><p style="color:#fff">{LIE}</p>'.encode()),
}
BESIDE_HTML = {
    "the plain text": made.mail(f"{SEEN}\n\n{LIE}", PAGE),
    "the plain text of a .msg": made.message(subject="News", body=f"{SEEN}\n\n{LIE}", html=PAGE.encode()),
}


def opened(tmp_path: Path, name: str, data: bytes) -> Opened:
    if name.endswith((".xlsx", ".msg")):
        pytest.importorskip("python_calamine")
    (tmp_path / name).write_bytes(data)
    found = open_source(tmp_path / name)
    assert all(one.severity is Severity.NOTE for one in found.problems)
    return found


def text_of(found: Opened) -> str:
    return "\n".join(one.text for one in found.documents)


def made_of(name: str, value: Any) -> bytes:
    return sheet(value) if name.endswith("xlsx") else value


def cases(**tables: dict[str, Any]) -> list[Any]:
    return [
        pytest.param(f"a.{ending}" if "msg" not in how else "a.msg", one, id=f"{ending}, {how}")
        for ending, table in tables.items()
        for how, one in table.items()
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    cases(pptx=HIDDEN_IN_SLIDES, odt=HIDDEN_IN_TEXT, rtf=HIDDEN_IN_RTF, xlsx=HIDDEN_IN_SHEETS, eml=HIDDEN_IN_MAILS),
)
def test_what_nobody_sees_is_not_read(name: str, value: Any, tmp_path: Path) -> None:
    found = opened(tmp_path, name, made_of(name, value))
    assert SEEN in text_of(found) and "Norway" not in text_of(found)
    assert NOT_READ in [one.what for one in found.problems]


@pytest.mark.parametrize(
    ("name", "value"), cases(pptx=SHOWN_IN_SLIDES, odt=SHOWN_IN_TEXT, rtf=SHOWN_IN_RTF, xlsx=SHOWN_IN_SHEETS)
)
def test_what_people_see_is_read(name: str, value: Any, tmp_path: Path) -> None:
    found = opened(tmp_path, name, made_of(name, value))
    assert SEEN in text_of(found) and LIE in text_of(found) and not found.problems


@pytest.mark.parametrize(
    ("name", "value"),
    cases(
        pptx={"speaker's notes": deck("", ppt__notesSlides__notesSlide1=NOTES)},
        docx={
            "deleted": made.docx(f"{made.paragraph(SEEN)}<w:p><w:del><w:r><w:delText>{LIE}</w:delText></w:r></w:del></w:p>"),
            "a comment": made.docx(
                made.paragraph(SEEN), word__comments=f"<w:comments {made.W}>{made.paragraph(LIE)}</w:comments>"
            ),
        },
        odt=ASIDE_IN_TEXT,
        rtf=ASIDE_IN_RTF,
    ),
)
def test_what_stands_beside_the_text_is_not_read(name: str, value: Any, tmp_path: Path) -> None:
    found = opened(tmp_path, name, made_of(name, value))
    assert SEEN in text_of(found) and "Norway" not in text_of(found)
    assert [one.what for one in found.problems] == [ASIDE]


@pytest.mark.parametrize(
    ("name", "value"),
    cases(
        pptx={
            "white before a picture": deck(f"<p:pic/>{shape(WHITE)}"),
            "white on a slide of a colour that is not known": made.presentation(
                {"1": slide(shape(run(SEEN)) + shape(WHITE), background="<p:bg><p:bgPr><a:gradFill/></p:bgPr></p:bg>")}
            ),
        },
        odt={"by a condition": odt(f'<text:section text:display="condition"><text:p>{LIE}</text:p></text:section>')},
        rtf={"white in a box": rtf(rf"{{\shp{{\*\shpinst{{\shptxt {{\cf1 {LIE}}}\par}}}}}}")},
        xlsx={"filtered away": _filtered},
    ),
)
def test_where_it_is_not_known_it_is_read_and_said(name: str, value: Any, tmp_path: Path) -> None:
    found = opened(tmp_path, name, made_of(name, value))
    assert LIE in text_of(found)
    assert [one.what.rpartition(": ")[2] for one in found.problems] == [PERHAPS]


@pytest.mark.parametrize(("name", "value"), cases(eml=BESIDE_HTML))
def test_of_two_forms_of_a_mail_that_is_read_which_people_see(name: str, value: Any, tmp_path: Path) -> None:
    found = opened(tmp_path, name, made_of(name, value))
    assert SEEN in text_of(found) and "Norway" not in text_of(found)
    assert [one.what for one in found.problems] == [
        f"{len(LIE)} characters of the plain text that its HTML does not say were not read"
    ]


def test_a_mail_whose_html_shows_no_words_is_read_and_said(tmp_path: Path) -> None:
    found = opened(tmp_path, "a.eml", made.mail(LIE, '<html><body><img src="cid:a"></body></html>'))
    assert LIE in text_of(found) and found.problems[0].what.endswith(PERHAPS)


def test_comments_of_cells_are_not_read(tmp_path: Path) -> None:
    assert "Norway" not in text_of(opened(tmp_path, "a.xlsx", sheet(_commented)))


def chapter(words: str, head: str = "") -> str:
    return f"<html xmlns='http://www.w3.org/1999/xhtml'><head><title>x</title>{head}</head><body>{words}</body></html>"


def test_a_book_is_read_in_its_order_without_what_nobody_sees(tmp_path: Path) -> None:
    link = '<link href="style.css" rel="stylesheet" type="text/css"/>'
    pages = {
        "two": chapter(f"<p>Then it rained.</p><p class='n'>{LIE}</p>", link),
        "one": chapter(f"<p>{SEEN}</p>"),
        "left": chapter(f"<p>{LIE}</p>"),
    }
    found = opened(tmp_path, "a.epub", made.book(pages, ["one", "two"], style=".n { display: none }"))
    assert [one.text for one in found.documents] == [SEEN, "Then it rained."]
    assert [one.what for one in found.problems] == ["1 page to which it does not lead was not read", NOT_READ]


LABEL = "TLP:RED"
MASTER = f"<p:sldMaster NAMES>{run(LABEL)}</p:sldMaster>"
NAMED = f'<meta:user-defined meta:name="Classification">{LABEL}</meta:user-defined>'
MARKED = {
    "speaker's notes": ("a.pptx", deck("", ppt__notesSlides__notesSlide1=NOTES.replace(LIE, LABEL))),
    "what stands on all slides": ("a.pptx", deck("", ppt__slideMasters__slideMaster1=MASTER)),
    "a property of slides": ("a.pptx", deck("", docProps__core=f"<c xmlns:d='d'><d:title>{LABEL}</d:title></c>")),
    "a hidden slide": ("a.pptx", two(' show="0"', LABEL)),
    "the head of a page": ("a.odt", odt("", styles=f"<style:header><text:p>{LABEL}</text:p></style:header>")),
    "hidden text": ("a.odt", odt(SPAN.replace(LIE, LABEL), '<style:text-properties text:display="none"/>')),
    "a property of a text": ("a.odt", odt("", meta=NAMED)),
    "the head of RTF": ("a.rtf", rtf("x", rf"{{\header {LABEL}\par}}")),
    "hidden RTF": ("a.rtf", rtf(rf"{{\v {LABEL}}}")),
    "a property of RTF": ("a.rtf", rtf("x", rf"{{\info{{\title {LABEL}}}}}")),
    "the plain text of a mail": ("a.eml", made.mail(f"{LABEL}\n\n{SEEN}", PAGE)),
}  # fmt: skip


@pytest.mark.parametrize("where", MARKED)
def test_a_label_holds_where_nobody_sees_it(where: str, tmp_path: Path) -> None:
    found = opened(tmp_path, *MARKED[where])
    assert [one.marking for one in found.documents] == [Tlp.RED]


def test_a_label_in_the_head_of_a_sheet_holds(tmp_path: Path) -> None:
    def head(book: Any, page: Any) -> None:
        page.oddHeader.center.text = LABEL

    (document,) = opened(tmp_path, "a.xlsx", sheet(head)).documents
    assert document.marking is Tlp.RED
