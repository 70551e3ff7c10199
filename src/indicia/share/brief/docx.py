"""The brief as DOCX, for people who go on writing in it: headings, tables and lists of Word's own, the marking at head and foot
of each page, and each note behind a link."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

from indicia.extras import missing, need
from indicia.share.brief.blocks import (
    AnyBlock,
    Brief,
    Bullets,
    Code,
    Columns,
    Fold,
    Heading,
    Para,
    Passage,
    Picture,
    Steps,
    Table,
)
from indicia.share.brief.html import TLP
from indicia.share.brief.markdown import STATES
from indicia.view.lines import Bit, Line
from indicia.view.wording import many

# What XML cannot hold.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_QUIET, _LINK = "57606A", "0B4F9E"
_CM = 360_000  # English metric units, of which Word's measures are made
WIDE = 17  # centimetres between the margins of A4


def docx(brief: Brief) -> bytes:
    """The document as bytes, without a date of making: the same brief gives the same file.

    Raises: ExtraError where python-docx is not installed.
    """
    need("docx")
    from docx import Document

    paper = _Paper(Document(), brief)
    paper.write(brief)
    buffer = io.BytesIO()
    paper.document.save(buffer)
    return _dateless(buffer.getvalue())


def _dateless(data: bytes) -> bytes:
    """The same archive with one date for all that is in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


class _Paper:
    """A document that blocks are written to."""

    def __init__(self, document: Any, brief: Brief) -> None:
        self.document = document
        self._notes = {note.number for note in brief.notes}
        self._pictures = missing("pdf") is None  # what sets a PDF also makes an SVG a PNG
        self._bookmarks = 0
        self._prepare(brief)

    def write(self, brief: Brief) -> None:
        """Page one, the annexes, the notes."""
        document = self.document
        self._quiet(document.add_paragraph(), brief.kicker)
        document.add_heading(_clean(brief.title), 0)
        self._quiet(document.add_paragraph(), brief.subtitle)
        lead = document.add_paragraph()
        for number, one in enumerate(brief.gist):
            if number:
                lead.add_run(" ")
            self._line(lead, one)
        for box in brief.page_one:
            document.add_heading(_clean(box.title), 1)
            if box.lead:
                document.add_paragraph().add_run(_clean(box.lead)).bold = True
            self._blocks(box.blocks)
        if brief.labels.english:
            self._quiet(document.add_paragraph(), brief.labels.english)
        for section in brief.sections:
            document.add_heading(f"{brief.labels.annex}: {_clean(section.title)}", 1)
            self._blocks(section.blocks)
        document.add_heading(brief.labels.notes, 1)
        for note in brief.notes:
            paragraph = document.add_paragraph()
            self._bookmark(paragraph, f"note-{note.number}")
            paragraph.add_run(f"{note.number}. ")
            self._line(paragraph, note.text)
            self._quiet(paragraph, " (")
            self._line(paragraph, note.where)
            self._quiet(paragraph, ")")
        self._quiet(document.add_paragraph(), brief.footer)

    def _prepare(self, brief: Brief) -> None:
        """A4, the marking at head and foot, the language, and no word of the template's own making."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml.ns import qn

        section = self.document.sections[0]
        section.page_width, section.page_height = 21 * _CM, int(29.7 * _CM)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = 2 * _CM
        for place in (section.header, section.footer):
            paragraph = place.paragraphs[0]
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(brief.marking)
            run.bold = True
            _colour(run, TLP.get(brief.marking, "#fff"), on="000000")
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Calibri", 127_000  # 10 points
        properties = self.document.core_properties
        properties.title, properties.author, properties.subject = _clean(brief.title), "Indicia", brief.marking
        properties.comments, properties.language = "", brief.language
        for element in [one for one in properties._element if one.tag.endswith(("}created", "}modified"))]:
            properties._element.remove(element)
        for language in self.document.styles.element.iter(qn("w:lang")):
            language.set(qn("w:val"), brief.language)

    def _blocks(self, blocks: Iterable[AnyBlock]) -> None:
        for block in blocks:
            self._block(block)

    def _block(self, block: AnyBlock) -> None:
        document = self.document
        match block:
            case Para(text=text, role=role):
                paragraph = document.add_paragraph(style="Quote" if role == "warn" else None)
                self._line(paragraph, text, quiet=role == "note")
            case Heading(text=text):
                document.add_heading(_clean(text), 2)
            case Bullets(items=items, ordered=ordered):
                for number, item in enumerate(items, 1):
                    self._item(item, f"{number}." if ordered else "\u2022")
            case Table():
                self._table(block)
            case Picture():
                self._picture(block)
            case Passage(text=text, where=where, about=about):
                self._line(document.add_paragraph(), about)
                self._line(document.add_paragraph(style="Quote"), text)
                self._line(document.add_paragraph(), where, quiet=True)
            case Steps(title=title, items=items):
                document.add_paragraph().add_run(_clean(title)).bold = True
                for number, step in enumerate(items, 1):
                    head = Bit(text=f"{step.name} ({STATES[step.state]}): ", look="strong")
                    self._item(Line(bits=(head, *step.detail.bits), notes=step.detail.notes), f"{number}.")
            case Code(text=text):
                _mono(document.add_paragraph().add_run(_clean(text)))
            case Columns(columns=columns):
                for column in columns:
                    self._blocks(column)
            case Fold(summary=summary, blocks=inner):
                document.add_heading(_clean(summary), 3)
                self._blocks(inner)

    def _item(self, text: Line, mark: str) -> None:
        """An item that hangs from its number: Word's own lists would go on counting through the document."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = int(0.7 * _CM), -int(0.7 * _CM)
        paragraph.paragraph_format.tab_stops.add_tab_stop(int(0.7 * _CM))
        paragraph.add_run(f"{mark}\t")
        self._line(paragraph, text)

    def _table(self, block: Table) -> None:
        self._quiet(self.document.add_paragraph(), block.caption)
        table = self.document.add_table(rows=1, cols=len(block.head), style="Table Grid")
        table.autofit = False
        widths = _widths(block)
        for cell, name in zip(table.rows[0].cells, block.head, strict=True):
            cell.paragraphs[0].add_run(_clean(name)).bold = True
        _repeated(table.rows[0])
        for row in block.rows:
            for cell, text in zip(table.add_row().cells, row.cells, strict=True):
                self._line(cell.paragraphs[0], text)
        for column, width in zip(table.columns, widths, strict=True):
            for cell in column.cells:
                cell.width = width
        if block.left_out:
            self._quiet(
                self.document.add_paragraph(), block.rest or f"{many(block.left_out, 'more row')}: in {block.elsewhere}."
            )

    def _picture(self, block: Picture) -> None:
        paragraph = self.document.add_paragraph()
        if not self._pictures:
            self._quiet(paragraph, f"{block.title}: {block.alt}")
            return
        from indicia.share.brief.pdf import png

        picture = paragraph.add_run().add_picture(io.BytesIO(png(block.svg)), width=WIDE * _CM)
        about = picture._inline.docPr
        about.set("descr", _clean(block.alt))
        about.set("title", _clean(block.title))

    def _line(self, paragraph: Any, text: Line, *, quiet: bool = False) -> None:
        for bit in text.bits:
            self._bit(paragraph, bit, quiet)
        known = [number for number in text.notes if number in self._notes]
        for place, number in enumerate(known):
            self._link(paragraph, f"{'' if place else ' '}{number}{',' if place < len(known) - 1 else ''}", f"note-{number}")

    def _bit(self, paragraph: Any, bit: Bit, quiet: bool) -> None:
        run = paragraph.add_run(_clean(f"({bit.text})" if bit.look.startswith("tag-") else bit.text))
        run.bold = bit.look == "strong" or bit.look.startswith("mark-") or None
        run.italic = bit.look in {"em", "quote"} or None
        if bit.look == "code":
            _mono(run)
        if quiet or bit.look in {"quiet", "date"}:
            _colour(run, _QUIET)

    def _quiet(self, paragraph: Any, text: str) -> None:
        _colour(paragraph.add_run(_clean(text)), _QUIET)

    def _bookmark(self, paragraph: Any, name: str) -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._bookmarks += 1
        for tag in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(tag)
            mark.set(qn("w:id"), str(self._bookmarks))
            if tag == "w:bookmarkStart":
                mark.set(qn("w:name"), name)
            paragraph._p.append(mark)

    def _link(self, paragraph: Any, text: str, to: str) -> None:
        """A small raised number that leads to a bookmark."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        run = paragraph.add_run(text)
        run.font.superscript = True
        _colour(run, _LINK)
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), to)
        paragraph._p.replace(run._r, link)
        link.append(run._r)


def _clean(text: str) -> str:
    """Text that XML can hold."""
    return _NO_XML.sub("\ufffd", text)


def _mono(run: Any) -> None:
    run.font.name, run.font.size = "Consolas", 107_950  # 8.5 points


def _colour(run: Any, colour: str, *, on: str = "") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    digits = colour.removeprefix("#")
    run.font.color.rgb = RGBColor.from_string("".join(2 * one for one in digits) if len(digits) == 3 else digits.upper())
    if on:
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), on)
        run._r.get_or_add_rPr().append(shade)


def _repeated(row: Any) -> None:
    """The head of a table, shown again on each page that it goes over."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    head = OxmlElement("w:tblHeader")
    head.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(head)


def _widths(block: Table) -> Sequence[int]:
    shares = block.widths or (1,) * len(block.head)
    return [share * WIDE * _CM // sum(shares) for share in shares]
