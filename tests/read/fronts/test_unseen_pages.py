"""What nobody sees who looks at a PDF or a DOCX accuses nobody; what people see is read, however it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.read.fronts import open_source
from indicia.read.fronts.docx import read_docx
from indicia.read.fronts.opened import Limits, Parsed
from indicia.read.fronts.pdf import read_pdf
from indicia.records import Severity, Tlp
from tests.read.fronts.made import docx, raw_pdf

SEEN = "The ministry spoke about the weather of the coming week."
LIE = "The United States accused Norway of the attack on Microsoft."
INK = len(LIE.replace(" ", ""))
NOT_READ = "characters that nobody sees who looks at the page were not read"
PERHAPS = "perhaps nobody sees them who looks at the page; they were read"

SHOW = f"({LIE}) Tj ET"
AT = f"/F1 12 Tf 72 700 Td {SHOW}"
DARK = "0 g 60 690 500 30 re f"
FORM = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</Font<</F1 5 0 R>>>>/Length 140>>stream\n%s\nendstream"
PICTURE = (
    b"<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray/BitsPerComponent 8/Length 1>>stream\n\x60\nendstream"
)
LAYER = {"catalog": "/OCProperties<</OCGs[6 0 R]/D<</OFF[6 0 R]>>>>", "more": "/Properties<</L 6 0 R>>"}
WITH_X = "/XObject<</X 6 0 R>>"


def pdf(
    drawn: str, *, extra: bytes = b"null", page: str = "", more: str = "", catalog: str = "", box: str = "0 0 595 842"
) -> bytes:
    content = f"BT /F1 12 Tf 72 760 Td ({SEEN}) Tj ET\n{drawn}".encode()
    resources = f"<</Font<</F1 5 0 R>>{more}>>"
    return raw_pdf(
        f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{page}/Resources{resources}/Contents 4 0 R>>".encode(),
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        extra,
    )


HIDDEN_IN_PDF = {
    "white": pdf(f"1 g BT {AT}"),
    "nearly white": pdf(f"0.97 0.98 0.96 rg BT {AT}"),
    "white, letter by letter": pdf("1 g BT /F1 12 Tf 72 700 Td " + " ".join(f"({one}) Tj" for one in LIE) + " ET"),
    "white in a form": pdf("/X Do", extra=FORM % f"1 g BT {AT}".encode(), more=WITH_X),
    "white on a white box": pdf(f"1 g 60 690 500 30 re f BT {AT}"),
    "black on black": pdf(f"{DARK} BT {AT}"),
    "tiny": pdf(f"BT /F1 1 Tf 72 700 Td {SHOW}"),
    "made tiny": pdf(f"q 0.01 0 0 0.01 72 700 cm BT /F1 100 Tf {SHOW} Q"),
    "without ink": pdf(f"BT 3 Tr {AT}"),
    "without ink, over what is seen": pdf(f"BT 3 Tr /F1 12 Tf 72 760 Td {SHOW}"),
    "that only cuts": pdf(f"BT 7 Tr {AT}"),
    "see-through": pdf(f"/G gs BT {AT}", more="/ExtGState<</G<</ca 0>>>>"),
    "left of the page": pdf(f"BT /F1 12 Tf -900 700 Td {SHOW}"),
    "below the page": pdf(f"BT /F1 12 Tf 72 -100 Td {SHOW}"),
    "cropped away": pdf(f"BT /F1 12 Tf 72 100 Td {SHOW}", page="/CropBox[0 400 595 842]"),
    "covered": pdf(f"BT {AT} 1 g 60 690 500 30 re f"),
    "cut away": pdf(f"q 0 0 10 10 re W n BT {AT} Q"),
    "on a layer that is off": pdf(f"/OC /L BDC BT {AT} EMC", extra=b"<</Type/OCG/Name(x)>>", **LAYER),
}
SHOWN_IN_PDF = {
    "plain": pdf(f"BT {AT}"),
    "white on black": pdf(f"{DARK} 1 g BT {AT}"),
    "small": pdf(f"BT /F1 6 Tf 72 700 Td {SHOW}"),
    "pale": pdf(f"0.8 g BT /F1 8 Tf 72 700 Td {SHOW}"),
    "outlined": pdf(f"1 g 0 G BT 2 Tr {AT}"),
    "on a turned page": pdf(f"BT /F1 12 Tf 0 1 -1 0 72 100 Tm {SHOW}", page="/Rotate 90"),
    "on a page that begins elsewhere": pdf(f"BT {AT}", box="-100 -100 595 842"),
}
BEFORE_A_PICTURE = {
    "recognised": pdf(f"q 595 0 0 842 0 0 cm /X Do Q BT 3 Tr {AT}", extra=PICTURE, more=WITH_X),
    "white": pdf(f"q 595 0 0 842 0 0 cm /X Do Q 1 g BT {AT}", extra=PICTURE, more=WITH_X),
    "behind it": pdf(f"{DARK} BT {AT} q 595 0 0 842 0 0 cm /X Do Q", extra=PICTURE, more=WITH_X),
}


def told(parsed: Parsed) -> list[str]:
    assert all(one.severity is Severity.NOTE for one in parsed.problems)
    return [one.what for one in parsed.problems]


@pytest.mark.parametrize("how", HIDDEN_IN_PDF)
def test_what_nobody_sees_in_a_pdf_is_not_read(how: str) -> None:
    parsed = read_pdf(HIDDEN_IN_PDF[how], "x.pdf", Limits())
    assert parsed.text == SEEN
    assert told(parsed) == [f"{INK} {NOT_READ}"]


@pytest.mark.parametrize("how", SHOWN_IN_PDF)
def test_what_people_see_in_a_pdf_is_read(how: str) -> None:
    parsed = read_pdf(SHOWN_IN_PDF[how], "x.pdf", Limits())
    assert LIE in parsed.text and SEEN in parsed.text and not told(parsed)


@pytest.mark.parametrize("how", BEFORE_A_PICTURE)
def test_what_lies_before_or_behind_a_picture_is_read_and_told(how: str) -> None:
    parsed = read_pdf(BEFORE_A_PICTURE[how], "x.pdf", Limits())
    assert LIE in parsed.text
    assert [one.rpartition(": ")[2] for one in told(parsed)] == [PERHAPS]


def test_the_part_of_a_line_that_nobody_sees_is_not_read() -> None:
    parsed = read_pdf(pdf(f"BT /F1 12 Tf 72 700 Td (It rained. {LIE}) Tj ET", page="/CropBox[0 0 130 842]"), "x.pdf", Limits())
    assert "It rained" in parsed.text and "Norway" not in parsed.text


W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
WP = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'
STYLES = (
    '<w:styles xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    '<w:style w:styleId="Base"><w:rPr><w:vanish/></w:rPr></w:style>'
    '<w:style w:styleId="Gone"><w:basedOn w:val="Base"/></w:style>'
    '<w:style w:styleId="Pale"><w:rPr><w:color w:val="FFFFFF"/></w:rPr></w:style>'
    '<w:style w:styleId="Round"><w:basedOn w:val="Round"/></w:style></w:styles>'
)
WHITE = '<w:color w:val="FFFFFF"/>'


def run(properties: str = "", paragraph: str = "", text: str = LIE) -> str:
    return f"<w:p><w:pPr>{paragraph}</w:pPr><w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r></w:p>"


def boxed(lies: str, properties: str = "") -> str:
    inner = f"<w:txbxContent>{run(properties)}</w:txbxContent>"
    return f"<w:p><w:r><w:drawing><wp:anchor {WP}>{lies}{inner}</wp:anchor></w:drawing></w:r></w:p>"


def cell(properties: str, shade: str = "", table: str = "") -> str:
    return f"<w:tbl><w:tblPr>{table}</w:tblPr><w:tr><w:tc><w:tcPr>{shade}</w:tcPr>{run(properties)}</w:tc></w:tr></w:tbl>"


BEHIND = f'<wp:anchor {WP} behindDoc="1"><wp:extent cx="7500000" cy="10000000"/></wp:anchor>'
BACKDROP = f"<w:p><w:r><w:drawing>{BEHIND}</w:drawing></w:r></w:p>"
SHADE = '<w:shd w:val="clear" w:fill="{}"/>'
HIDDEN_IN_DOCX = {
    "hidden": run("<w:vanish/>"),
    "hidden by a style": run(paragraph='<w:pStyle w:val="Gone"/>'),
    "hidden by the style of its letters": run('<w:rStyle w:val="Gone"/>'),
    "white": run(WHITE),
    "nearly white": run('<w:color w:val="F5FAF8"/>'),
    "white by its theme": run('<w:color w:val="auto" w:themeColor="background1"/>'),
    "white by a style": run('<w:rStyle w:val="Pale"/>'),
    "white on a white cell": cell(WHITE, SHADE.format("FFFFFF")),
    "black on black": run('<w:color w:val="000000"/>' + SHADE.format("000000")),
    "filled with nothing": run(f"<w14:textFill {W14}><w14:noFill/></w14:textFill>"),
    "filled with white": run(
        f'<w14:textFill {W14}><w14:solidFill><w14:schemeClr w14:val="bg1"/></w14:solidFill></w14:textFill>'
    ),
    "tiny": run('<w:sz w:val="2"/>'),
    "narrow": run('<w:w w:val="1"/>'),
    "in a line of no height": run(paragraph='<w:spacing w:line="1" w:lineRule="exact"/>'),
    "far to the left": run(paragraph='<w:ind w:left="-20000"/>'),
    "in a hidden box": boxed(f'<wp:docPr {WP} hidden="1"/>'),
    "in a box far away": boxed(f"<wp:posOffset {WP}>-90000000</wp:posOffset>"),
    "in an old box": f'<w:p><v:shape {VML} style="visibility:hidden"><w:txbxContent>{run()}</w:txbxContent></v:shape></w:p>',
}
SHOWN_IN_DOCX = {
    "plain": run(),
    "not hidden after all": run('<w:vanish w:val="0"/>', '<w:pStyle w:val="Gone"/>'),
    "white on a dark cell": cell(WHITE, SHADE.format("1F3864")),
    "white on a dark paragraph": run(WHITE, SHADE.format("1F3864")),
    "white and marked": run(WHITE + '<w:highlight w:val="darkBlue"/>'),
    "small": run('<w:sz w:val="12"/>'),
    "in a style that is based on itself": run(paragraph='<w:pStyle w:val="Round"/>'),
    "in a box": boxed(f"<wp:posOffset {WP}>914400</wp:posOffset>"),
}
PERHAPS_IN_DOCX = {
    "white in a box": boxed("", WHITE),
    "white before a picture": BACKDROP + run(WHITE),
    "white in a table with a style": cell(WHITE, table='<w:tblStyle w:val="Grid"/>'),
}


def read(body: str) -> Parsed:
    return read_docx(docx(run(text=SEEN) + body, word__styles=STYLES), "x.docx", Limits())


@pytest.mark.parametrize("how", HIDDEN_IN_DOCX)
def test_what_nobody_sees_in_a_docx_is_not_read(how: str) -> None:
    parsed = read(HIDDEN_IN_DOCX[how])
    assert parsed.text == SEEN
    assert told(parsed) == [f"{len(LIE)} {NOT_READ}"]


@pytest.mark.parametrize("how", SHOWN_IN_DOCX)
def test_what_people_see_in_a_docx_is_read(how: str) -> None:
    parsed = read(SHOWN_IN_DOCX[how])
    assert LIE in parsed.text and SEEN in parsed.text and not told(parsed)


@pytest.mark.parametrize("how", PERHAPS_IN_DOCX)
def test_where_the_colour_behind_is_not_known_it_is_said(how: str) -> None:
    parsed = read(PERHAPS_IN_DOCX[how])
    assert LIE in parsed.text
    assert [one.rpartition(": ")[2] for one in told(parsed)] == [PERHAPS]


def test_what_stands_beside_a_box_for_older_programs_is_not_read_twice() -> None:
    mc = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    box = f"<w:txbxContent>{run()}</w:txbxContent>"
    both = f"<mc:AlternateContent {mc}><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert read(f"<w:p><w:r>{both}</w:r></w:p>").text.count(LIE) == 1


def test_a_page_has_a_colour_only_if_it_is_shown() -> None:
    body = '<w:background w:color="000080"/>' + run(WHITE)
    settings = "<w:settings><w:displayBackgroundShape/></w:settings>"
    assert LIE in read_docx(docx(body, word__settings=settings), "x.docx", Limits()).text
    assert LIE not in read_docx(docx(run(text=SEEN) + body), "x.docx", Limits()).text


@pytest.mark.parametrize("name", ["x.pdf", "x.docx"])
def test_a_marking_that_nobody_sees_holds(name: str, tmp_path: Path) -> None:
    white = pdf("1 g BT /F1 12 Tf 72 700 Td (TLP:RED) Tj ET")
    data = white if name == "x.pdf" else docx(run(text=SEEN) + run(WHITE, text="TLP:RED"))
    (tmp_path / name).write_bytes(data)
    (document,) = open_source(tmp_path / name).documents
    assert document.text == SEEN and document.marking is Tlp.RED
