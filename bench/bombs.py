"""Files that were made to exhaust whoever reads them: `python -m bench.bombs [NAME ...]`; last line `bench.bombs: key=value`.

Each is made on the spot and given to `indicia read`, `indicia hunt` or `indicia read --jsonl -` as a user would. Said are the
seconds of wall time and of the processor, the most memory that the run and all its processes held at one moment (each page
counted once, as the kernel shares it out), the exit code, and the last lines that it says. Ends with 1 where one took more than
1 GB or more of the processor's time than `--seconds`, and is stopped there; the clock stops one that hangs after eight times as long.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tests.read.fronts.made import overlapping

MOST = 1 << 30  # bytes
MB = 1 << 20

OFFICE = {"w": "wordprocessingml", "p": "presentationml", "a": "drawingml"}
Maker = Callable[[Path], object]


def repeated(piece: str | bytes, size: int, head: str = "", tail: str = "") -> Maker:
    """A file of about that many bytes of one piece."""
    raw = piece.encode() if isinstance(piece, str) else piece

    def make(path: Path) -> None:
        block = raw * max(1, MB // len(raw))
        with path.open("wb") as file:
            file.write(head.encode())
            for _ in range(max(1, size // len(block))):
                file.write(block)
            file.write(tail.encode())

    return make


def numbered(form: str, count: int, head: str = "", tail: str = "", gap: str = "") -> Maker:
    """A file of a text with a number of its own each time: `{n}`, and `{a}.{b}` for two bytes of it."""

    def make(path: Path) -> None:
        with path.open("w") as file:
            file.write(head)
            for n in range(count):
                file.write(
                    (gap if n else "")
                    + form.replace("{n}", str(n)).replace("{a}", str(n >> 8 & 255)).replace("{b}", str(n & 255))
                )
            file.write(tail)

    return make


def pdf(objects: dict[int, bytes], root: int = 1) -> bytes:
    """A PDF of numbered objects, with a right table of where they stand."""
    made = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(made)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(made)
    size = max(objects) + 1
    made += b"xref\n0 %d\n" % size
    made += b"".join(b"%010d 00000 %s \n" % ((places[n], b"n") if n in places else (0, b"f")) for n in range(size))
    made += b"trailer\n<</Size %d/Root %d 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, root, table)
    return bytes(made)


def stream(data: bytes, extra: bytes = b"", packed: int = 1) -> bytes:
    for _ in range(packed):
        data = zlib.compress(data, 9)
    filters = b"/Filter[" + b"/FlateDecode" * packed + b"]" if packed else b""
    return b"<<%s%s/Length %d>>\nstream\n%s\nendstream" % (extra, filters, len(data), data)


def page(content: bytes, resources: bytes = b"", others: dict[int, bytes] | None = None) -> bytes:
    """A PDF of one page: its content (object 4) and the resources beside the font F (object 5)."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R%s>>%s>>>>"
            % ((resources, b"") if resources.startswith(b"/F") else (b"", resources)),
            4: content,
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            **(others or {}),
        }
    )


HELLO = b"BT /F 12 Tf 72 700 Td (Norway accused China of the breach at Larkspur Mining.) Tj ET\n"


def pdf_text(size: int, packed: int) -> Maker:
    line = b"BT /F 12 Tf 72 700 Td (Norway accused China of the breach.) Tj ET\n"
    return lambda path: path.write_bytes(page(stream(line * (size // len(line)), packed=packed)))


def pdf_blank(path: Path) -> None:
    path.write_bytes(page(stream(b" " * (900 * MB), packed=2)))


def pdf_nested(path: Path) -> None:
    """Thirty forms, each of which draws the next one twice: a thousand million words."""
    forms = {
        10 + n: stream(
            b"/X Do /X Do " if n < 29 else HELLO,
            b"/Type/XObject/Subtype/Form/BBox[0 0 612 792]/Resources<</Font<</F 5 0 R>>/XObject<</X %d 0 R>>>>" % (11 + n),
        )
        for n in range(30)
    }
    path.write_bytes(page(stream(HELLO + b"/X Do"), b"/XObject<</X 10 0 R>>", forms))


def pdf_image(path: Path) -> None:
    """A picture of 40,000 x 40,000 dots that packs to nothing, drawn a hundred times."""
    kind = b"/Type/XObject/Subtype/Image/Width 40000/Height 40000/ColorSpace/DeviceRGB/BitsPerComponent 8"
    drawn = stream(HELLO + b"q 600 0 0 600 0 0 cm /X Do Q\n" * 100)
    path.write_bytes(page(drawn, b"/XObject<</X 10 0 R>>", {10: stream(bytes(400 * MB), kind)}))


def pdf_fonts(path: Path) -> None:
    """Ten thousand fonts, each with the same map of 65,535 characters, all of them used."""
    count = 10_000
    rows = b"".join(b"<%04X> <%04X>\n" % (n, n) for n in range(65_535))
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 100 beginbfchar\n"
        + rows
        + b"endbfchar endcmap end"
    )
    fonts = b"".join(b"/F%d %d 0 R" % (n, 20 + n) for n in range(count))
    one = {
        20 + n: b"<</Type/Font/Subtype/Type0/BaseFont/A%d/Encoding/Identity-H/ToUnicode 10 0 R/DescendantFonts[11 0 R]>>" % n
        for n in range(count)
    }
    content = HELLO + b"".join(b"BT /F%d 9 Tf 9 %d Td <00410042> Tj ET\n" % (n, n % 700) for n in range(count))
    others = {
        10: stream(cmap),
        11: b"<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor 12 0 R>>",
        12: b"<</Type/FontDescriptor/FontName/A/Flags 4>>",
        **one,
    }
    path.write_bytes(page(stream(content), fonts, others))


def pdf_pages(path: Path) -> None:
    """A million pages that are one and the same."""
    kids = b"3 0 R " * 1_000_000
    path.write_bytes(
        pdf({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[%s]/Count 1000000>>" % kids,
             3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>", 4: stream(HELLO * 200),
             5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"})
    )  # fmt: skip


def pdf_deep(path: Path) -> None:
    """Arrays in arrays, and a tree of pages a hundred thousand levels deep."""
    count = 100_000
    tree = {
        100 + n: b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (99 + n if n else 2, 101 + n if n < count - 1 else 3)
        for n in range(count)
    }
    path.write_bytes(
        pdf({1: b"<</Type/Catalog/Pages 2 0 R/A " + b"[" * 100_000 + b"]" * 100_000 + b">>", 2: b"<</Type/Pages/Kids[100 0 R]/Count 1>>",
             3: b"<</Type/Page/Parent %d 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>" % (99 + count), 4: stream(HELLO),
             5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>", **tree})
    )  # fmt: skip


def pdf_object_streams(path: Path) -> None:
    """Fifty streams of objects that unpack to 40 MB each, and a page that asks for the one object in each."""
    count, font = 50, b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>"
    names = b"".join(b"/F%d %d 0 R" % (n, 10 + count + n) for n in range(count))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R%s>>>>>>" % names,
        4: stream(HELLO + b"".join(b"BT /F%d 9 Tf (a) Tj ET\n" % n for n in range(count))),
        5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for n in range(count):
        packed = zlib.compress(b"%06d 0 " % (10 + count + n) + font + b" " * (40 * MB), 1)
        head = b"<</Type/ObjStm/N 1/First 9/Filter/FlateDecode/Length %d>>" % len(packed)
        objects[10 + n] = head + b"\nstream\n" + packed + b"\nendstream"
    made = bytearray(b"%PDF-1.7\n")
    rows = dict.fromkeys(range(10), (0, 0, 0)) | {10 + count + n: (2, 10 + n, 0) for n in range(count)}
    for number, body in objects.items():
        rows[number] = (1, len(made), 0)
        made += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    size, at = 11 + 2 * count, len(made)
    rows[size - 1] = (1, at, 0)
    table = zlib.compress(
        b"".join(bytes([kind]) + a.to_bytes(4, "big") + bytes([b]) for _, (kind, a, b) in sorted(rows.items()))
    )
    head = b"<</Type/XRef/Size %d/W[1 4 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (size, len(table))
    made += b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (size - 1, head, table)
    path.write_bytes(bytes(made + b"startxref\n%d\n%%%%EOF\n" % at))


def pdf_objects(path: Path) -> None:
    """Two million objects that nobody asks for."""
    path.write_bytes(page(stream(HELLO), others={10 + n: b"<</A[%d]>>" % n for n in range(2_000_000)}))


def noise(path: Path) -> None:
    """A PDF's head before 100 MB of its own words without order."""
    words = b"obj endobj stream endstream << >> [ ] 1 0 R /A xref trailer startxref (".split()
    chance = random.Random(7)
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        for _ in range(200):
            file.write(b"%d 0 " % chance.randrange(9999) + b" ".join(chance.choices(words, k=100_000)))


def docx(path: Path) -> None:
    head = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as file:
        file.write(head.encode())
        piece = b"<w:p><w:r><w:t>Norway accused China.</w:t></w:r></w:p>" * 10_000
        for _ in range(400):
            file.write(piece)
        file.write(b"</w:body></w:document>")


def nested(name: str, open_one: str, inner: str, close: str, depth: int, count: int, head: str, tail: str) -> Maker:
    """An office file of elements within elements, and so many pieces of text in the innermost."""
    return office(name, (head + open_one * depth + inner * count + close * depth + tail).encode())


def office(name: str, content: bytes) -> Maker:
    """An office file of one part, packed as Python packs it, with what its kind is told by."""
    kind = {"content.xml": ("mimetype", "application/vnd.oasis.opendocument.text")}.get(
        name, ("[Content_Types].xml", "<Types/>")
    )

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(*kind)
            archive.writestr(name, content)

    return make


def far_cells(path: Path) -> None:
    """A sheet of two cells, the first and the last: some 400 GB for whoever takes room for all between them."""
    import openpyxl

    book = openpyxl.Workbook()
    book.active["A1"] = book.active["XFD1048576"] = "Norway accused China."
    book.save(path)


NAMES = " ".join(
    [
        *(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in ("office", "text", "style")),
        *(f'xmlns:{one}="http://schemas.openxmlformats.org/{kind}/2006/main"' for one, kind in OFFICE.items()),
    ]
)


def zip_of_many(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(60_000):
            archive.writestr(f"{n}.txt", "Norway accused China.")


def gz_of_gz(path: Path) -> None:
    inner = gzip.compress(b"a " * (500 * MB))
    path.write_bytes(gzip.compress(inner))


def mail(path: Path) -> None:
    with path.open("w") as file:
        file.write("From: a@example.org\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b0\n\n")
        for n in range(20_000):
            file.write(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n")
        file.write("x\n")


def mail_parts(path: Path) -> None:
    with path.open("w") as file:
        file.write("From: a@example.org\nSubject: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n")
        for _ in range(200_000):
            file.write("--b\nContent-Type: text/plain\n\nNorway accused China.\n")


def feed(path: Path) -> None:
    numbered("<item><title>News {n}</title><description>Norway accused China.</description></item>", 700_000,
             '<?xml version="1.0"?><rss version="2.0"><channel><title>a</title>', "</channel></rss>")(path)  # fmt: skip


def headed(count: int, different: bool) -> Maker:
    field = "x{n}" if different else "x"
    return numbered(f"#Fields: date time {field}\n2021-03-03 06:00:00 a\n", count)


def entities(head: str, tail: str) -> bytes:
    """A text that unfolds to a thousand million letters, as XML has it."""
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha"}">' for n in range(10))
    return f'<?xml version="1.0"?><!DOCTYPE x [{laughs}]>{head}&a9;{tail}'.encode()


def packed(name: str, content: bytes) -> Maker:
    """A zip of one file."""

    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)

    return make


def workbook(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<c>1</c>" * (100 * MB // 8))


def parquet(rows: int, size: int) -> Maker:
    """One long text that stands in every row."""

    def make(path: Path) -> None:
        text = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array(["a" * size]))
        pq.write_table(pa.table({"time": ["2021-03-03T06:00:00Z"] * rows, "text": text}), path, store_schema=False)

    return make


def parquet_lists(path: Path) -> None:
    """Lists of a million nothings in every row."""
    nothing = pa.ListArray.from_arrays(pa.array(range(0, 20_000_001, 1_000_000), pa.int32()), pa.nulls(20_000_000, pa.int64()))
    pq.write_table(pa.table({"time": ["2021-03-03T06:00:00Z"] * 20, "list": nothing}), path)


def arrow(path: Path) -> None:
    """Two thousand million zeros, packed."""
    table = pa.table({"a": np.zeros(250_000_000, np.int64)})
    with pa.ipc.new_file(str(path), table.schema, options=pa.ipc.IpcWriteOptions(compression="zstd")) as file:
        file.write_table(table)


def nested_zips(path: Path) -> None:
    """Ten archives in each, six deep, of 10 MB of zeros."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", bytes(10 * MB))
    for _ in range(5):
        inner, data = data.getvalue(), io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for n in range(10):
                archive.writestr(f"{n}.zip", inner)
    path.write_bytes(data.getvalue())


def marks(piece: str) -> Maker:
    """Lines of 64 KB that nearly are of a known kind."""
    return repeated(piece * (65_000 // len(piece)) + "\n", 20 * MB)


def rule(detection: str, count: int = 1) -> Maker:
    head = "title: a {n}\nid: 00000000-0000-4000-8000-{n}\nlogsource: {product: linux}\nlevel: low\n"
    text = head.replace("{product: linux}", "{category: webserver}") + detection
    return numbered(text, count, gap="\n---\n")


def unfolding_rule(path: Path) -> None:
    lines = ["title: a", "logsource: {category: webserver}", "x0: &a0 [a, b, c, d, e, f, g, h, i, j]"]
    lines += [f"x{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    path.write_text("\n".join([*lines, "detection: {s: {c-uri: *a9}, condition: s}"]))


def pattern(text: str) -> Maker:
    """A bundle of one indicator with that pattern."""
    item = {"type": "indicator", "id": "indicator--0", "pattern": text, "pattern_type": "stix"}
    return lambda path: path.write_text(json.dumps({"type": "bundle", "id": "bundle--0", "objects": [item]}))


STIX = '{"type":"indicator","spec_version":"2.1","id":"indicator--00000000-0000-4000-8000-{n}","created":"2021-03-03T06:00:00Z","modified":"2021-03-03T06:00:00Z","pattern_type":"stix","valid_from":"2021-03-03T06:00:00Z","pattern":"[ipv4-addr:value = \'198.51.{a}.{b}\'] OR [domain-name:value = \'h{n}.example\']"}'
PROSE = "On Monday Norway accused China of the breach at Larkspur Mining, and APT40 used 198.51.100.7 against it. "

# The words that follow may be long: one line for each file.
READ: dict[str, tuple[str, Maker]] = {
    "100 MB of addresses": ("a.txt", repeated("198.51.100.7 ", 100 * MB)),
    "100 MB of addresses, all different": ("a.txt", numbered("10.1.{a}.{b} h{n}.example\n", 4_000_000)),
    "100 MB of <br> in one line": ("a.html", repeated("<br>", 100 * MB, "<html><body><p>a", "</html>")),
    "100 MB of <br>, not called HTML": ("a.txt", repeated("<br>", 100 * MB)),
    "100 MB of open elements": ("a.html", repeated("<div>", 100 * MB, "<html><body>")),
    "100 MB of paragraphs": ("a.html", repeated("<p>" + PROSE, 100 * MB, "<html><body>")),
    "100 MB of one attribute": ("a.html", repeated("a", 100 * MB, '<html><body><p class="', '">x</html>')),
    "100 MB of attributes": ("a.html", numbered(" a{n}=b", 10_000_000, "<html><body><p", ">x</html>")),
    "100 MB of table cells": ("a.html", repeated("<td>198.51.100.7", 100 * MB, "<html><body><table><tr>")),
    "deep HTML of 4.9 MB": ("a.html", repeated("<div>", 4_900_000, "<html><body>")),
    "deep HTML of bold and italics, 4.9 MB": ("a.html", repeated("<b><i>", 4_900_000, "<html><body>")),
    "54 MB of STIX indicators": ("a.json", numbered(STIX, 160_000, '{"type":"bundle","id":"bundle--0","objects":[', "]}", ",\n")),
    "200 MB of STIX indicators in one line": ("a.json", numbered(STIX, 600_000, '{"type":"bundle","id":"bundle--0","objects":[', "]}", ",")),
    "30 MB of empty JSON objects": ("a.json", repeated("{},", 30 * MB, "[", "{}]")),
    "100 MB of JSON lists": ("a.json", repeated("[", 100 * MB)),
    "200 MB of prose": ("a.txt", repeated(PROSE, 200 * MB)),
    "200 MB of prose in Markdown": ("a.md", repeated("# A\n\n" + PROSE, 200 * MB)),
    "100 MB of one letter": ("a.txt", repeated("a", 100 * MB)),
    "100 MB of line feeds": ("a.txt", repeated("\n", 100 * MB)),
    "100 MB of TLP:RED": ("a.txt", repeated("TLP:RED ", 100 * MB)),
    "20 MB of APT40": ("a.txt", repeated("APT40 ", 20 * MB)),
    "100 MB of CSV": ("a.csv", repeated("198.51.100.7,h.example\n", 100 * MB, "indicator,host\n")),
    "100 MB of CSV in one row": ("a.csv", repeated("198.51.100.7,", 100 * MB, "indicator,host\n")),
    "a CSV cell of 100 MB": ("a.csv", repeated("a\n", 100 * MB, 'indicator,host\n"')),
    "a feed of 60 MB": ("a.xml", feed),
    "a feed of entities in entities": ("a.xml", lambda path: path.write_bytes(entities("<rss><channel><item><title>", "</title></item></channel></rss>"))),
    "a DOCX of entities in entities": ("a.docx", packed("word/document.xml", entities("<w:t>", "</w:t>"))),
    "a workbook that unpacks to 100 MB": ("a.xlsx", workbook),
    "a mail of 20,000 nested parts": ("a.eml", mail),
    "a mail of 200,000 parts": ("a.eml", mail_parts),
    "a mail with one line of 100 MB": ("a.eml", repeated("a", 100 * MB, "From: a@example.org\nSubject: ")),
    "a DOCX that unpacks to 220 MB": ("a.docx", docx),
    "a DOCX of tables in tables": ("a.docx", nested("word/document.xml", "<w:tbl>", "<w:p><w:r><w:t>a</w:t></w:r></w:p>", "</w:tbl>", 200_000, 100_000, f"<w:document {NAMES}>", "</w:document>")),
    "slides of shapes in shapes": ("a.pptx", nested("ppt/slides/slide1.xml", "<p:grpSp>", "<a:p><a:r><a:t>a</a:t></a:r></a:p>", "</p:grpSp>", 200_000, 100_000, f"<p:sld {NAMES}>", "</p:sld>")),
    "an OpenDocument of spans in spans": ("a.odt", nested("content.xml", "<text:span text:style-name='T'>", "a<text:s/>", "</text:span>", 200_000, 300_000, f"<office:document {NAMES}><style:style style:name='T' style:parent-style-name='T'/><text:p>", "</text:p></office:document>")),
    "an OpenDocument of paragraphs in paragraphs": ("a.odt", nested("content.xml", "<text:p>", "a", "</text:p>", 200_000, 1, f"<office:document {NAMES}>", "</office:document>")),
    "a sheet of two cells far apart": ("a.xlsx", far_cells),
    "RTF: links in links": ("a.rtf", repeated("{\\field{\\*\\fldinst{HYPERLINK \"\" ", 4 * MB, "{\\rtf1 ")),
    "RTF: fonts without end": ("a.rtf", repeated("\\f1 ", 4 * MB, "{\\rtf1{\\fonttbl", "}x}")),
    "RTF: formats, 15 MB": ("a.rtf", repeated("\\v a\\v0 b\\cf1 c", 15 * MB, "{\\rtf1 ", "}")),
    "RTF: groups in groups": ("a.rtf", repeated("{", 15 * MB, "{\\rtf1 ")),
    "20 MB of JSON lists that close": ("a.json", repeated("[", 10 * MB, tail="]" * 10 * MB)),
    "a zip of 60,000 files": ("a.zip", zip_of_many),
    "a zip of 15,000 files that lie over each other": ("a.zip", lambda path: path.write_bytes(overlapping(15_000, PROSE.encode() * 1_300))),
    "1 GB packed twice": ("a.gz", gz_of_gz),
    "PDF: a text of 300 MB": ("a.pdf", pdf_text(300 * MB, 1)),
    "PDF: a text of 300 MB, packed twice": ("a.pdf", pdf_text(300 * MB, 2)),
    "PDF: 900 MB of blanks, packed twice": ("a.pdf", pdf_blank),
    "PDF: forms in forms": ("a.pdf", pdf_nested),
    "PDF: a picture of 40,000 x 40,000": ("a.pdf", pdf_image),
    "PDF: 10,000 fonts": ("a.pdf", pdf_fonts),
    "PDF: a million pages": ("a.pdf", pdf_pages),
    "PDF: a tree 100,000 deep": ("a.pdf", pdf_deep),
    "PDF: 50 packed streams of objects": ("a.pdf", pdf_object_streams),
    "PDF: two million objects": ("a.pdf", pdf_objects),
    "PDF: noise": ("a.pdf", noise),
}  # fmt: skip
HUNT: dict[str, tuple[str, Maker]] = {
    "100,000 #Fields heads": ("a.log", headed(100_000, False)),
    "100,000 different #Fields heads": ("a.log", headed(100_000, True)),
    "one line of 200 MB": ("a.log", repeated("a", 200 * MB, "Mar  3 06:00:00 web01 sshd[7]: ")),
    "one JSON line of 200 MB": ("a.json", repeated("a", 200 * MB, '{"time": "2021-03-03T06:00:00Z", "user": "', '"}\n')),
    "JSON lines of a million keys": ("a.json", numbered('"k{n}": 1, ', 1_000_000, '{"time": "2021-03-03T06:00:00Z", ', '"a": 1}\n')),
    "JSON lines with keys of their own": ("a.json", numbered('{"time": "2021-03-03T06:00:00Z", "k{n}": "x"}\n', 500_000)),
    "100 MB of JSON lists": ("a.json", repeated("[", 100 * MB)),
    "XML in XML, 100 MB": ("a.xml", repeated("<Event>", 100 * MB)),
    "XML events of a million values": ("a.xml", numbered('<Data Name="k{n}">x</Data>', 1_000_000, "<Event><System><EventID>1</EventID></System><EventData>", "</EventData></Event>\n")),
    "CSV of a million columns": ("a.csv", numbered(",c{n}", 1_000_000, "time", "\n2021-03-03T06:00:00Z,a\n")),
    "10 GB of zeros, packed": ("a.gz", lambda path: path.write_bytes(gzip.compress(bytes(1 << 30)) * 10)),
    "auditd records that never end": ("a.log", numbered("type=EXECVE msg=audit(1614750000.000:{n}): argc=9999999 a0=\"x\"\n", 1_000_000)),
    "syslog of a million hosts": ("a.log", numbered("Mar  3 06:00:00 h{n} sshd[7]: Accepted password for u{n}\n", 1_000_000)),
    "Parquet: one text of 1 MB in 8,192 rows": ("a.parquet", parquet(8_192, 1_000_000)),
    "Parquet: one text of 100 letters in 5 million rows": ("a.parquet", parquet(5_000_000, 100)),
    "Parquet: lists of a million nothings": ("a.parquet", parquet_lists),
    "Arrow: 2 GB packed in one batch": ("a.arrow", arrow),
    "zip in zip, a million files": ("a.zip", nested_zips),
    "an event of entities in entities": ("a.xml", lambda path: path.write_bytes(entities("<Event><EventData><Data>", "</Data></EventData></Event>"))),
    "lines that are nearly FortiGate's": ("a.log", marks("devname=id= ")),
    "lines that are nearly Palo Alto's": ("a.log", marks("1,00:00")),
    "lines that are nearly BIND's": ("a.log", marks("query: client 1.1.1.1#1 (")),
    "EVTX of noise": ("a.evtx", lambda path: path.write_bytes(b"ElfFile\0" + bytes(4088) + b"".join(b"ElfChnk\0" + random.Random(n).randbytes(65_528) for n in range(1_000)))),
}  # fmt: skip
LINES: dict[str, tuple[str, Maker]] = {
    "7 MB of prose in one line of --jsonl": ("a.jsonl", repeated(PROSE, 7 * MB, '{"id": "a", "text": "', '"}\n')),
    "15 MB of prose in one line of --jsonl": ("a.jsonl", repeated(PROSE, 15 * MB, '{"id": "a", "text": "', '"}\n')),
    "60 MB of prose in one line of --jsonl": ("a.jsonl", repeated(PROSE, 60 * MB, '{"id": "a", "text": "', '"}\n')),
    "500 MB without a line's end in --jsonl": ("a.jsonl", repeated("a", 500 * MB)),
    "JSON in JSON in --jsonl": ("a.jsonl", repeated('{"text": ' * 1000 + "\n", 20 * MB)),
}  # fmt: skip
RULES: dict[str, tuple[str, Maker]] = {
    "YAML of aliases within aliases": ("a.yml", unfolding_rule),
    "YAML nested 100,000 deep": ("a.yml", repeated("- ", 200_000)),
    "YAML in brackets, 1 MB": ("a.yml", repeated("[", MB)),
    "20,000 rules in one file": ("a.yml", rule("detection: {s: {c-uri|contains: a{n}}, condition: s}", 20_000)),
    "a rule of a million values": ("a.yml", numbered("\n    - v{n}", 1_000_000, "title: a\nlogsource: {category: webserver}\ndetection:\n  s:\n   c-uri:", "\n  condition: s\n")),
    "a rule of repeated repetitions": ("a.yml", rule("detection: {s: {cs-uri-query|re: '(a+)+$'}, condition: s}")),
    "a rule of a huge repetition": ("a.yml", rule("detection: {s: {cs-uri-query|re: '((a{1,99}){1,99}){1,99}b'}, condition: s}")),
    "a rule of 500 conditions": ("a.yml", rule("detection: {s: {c-uri: a}, condition: " + "not (" * 500 + "s" + ")" * 500 + "}")),
    "STIX: a pattern nested 100,000 deep": ("a.json", pattern("[" + "(" * 100_000 + "process:name = 'a'")),
    "STIX: a pattern of 100,000 comparisons": ("a.json", pattern("[" + " OR ".join(["process:name = 'a'", "process:command_line LIKE '%a%'"] * 50_000) + "]")),
}  # fmt: skip
ASKED = (
    "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip sc-status\n"
    + f"2021-03-03 06:00:00 GET /a {'a' * 60}b 198.51.100.7 200\n" * 2_000
)


def processes_of(root: int) -> Iterator[int]:
    """A process and all that it started, as far as they live."""
    waiting = [root]
    while waiting:
        one = waiting.pop()
        yield one
        try:
            for thread in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())
        except OSError:
            continue


def memory_of(process: int) -> int:
    """Bytes; memory that several processes share is counted in parts."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def time_of(process: int) -> float:
    """Seconds of the processor, of the process and of those that it waited for."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii", "replace").rpartition(") ")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def run(command: list[str], given: Path, seconds: float) -> tuple[float, float, int, int, str]:
    """Wall and processor seconds, most memory, exit code (-9 where it was stopped) and its last words."""
    peak = 0
    seen = 0.0  # seconds of the processor while it ran: those of processes that nobody waits for count too
    stopped = False
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with given.open("rb") as stdin, tempfile.TemporaryFile() as said:
        child = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=said)
        done = threading.Event()

        def watch() -> None:
            nonlocal peak, seen, stopped
            while not done.wait(0.25):
                living = list(processes_of(child.pid))
                peak = max(peak, sum(map(memory_of, living)))
                seen = max(seen, sum(map(time_of, living)))
                if time.perf_counter() - start > 8 * seconds or seen > seconds or peak > 2 * MOST:
                    stopped = True
                    child.kill()
                    return

        watcher = threading.Thread(target=watch)
        watcher.start()
        code = child.wait()
        done.set()
        watcher.join()
        said.seek(0)
        words = said.read()[-4000:].decode("utf-8", "replace").strip().splitlines()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = max(seen, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return time.perf_counter() - start, spent, peak, -9 if stopped else code, " | ".join(words[-2:])[-200:]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="bombs whose names hold one of these; all if none is given")
    parser.add_argument("--seconds", type=float, default=180, help="of the processor at most (default: 180)")
    options = parser.parse_args()
    program = [sys.executable, "-m", "indicia"]
    kept = tempfile.TemporaryDirectory(prefix="indicia-bombs-")
    asked = Path(kept.name) / "u_ex210303.log"
    asked.write_text(ASKED)
    commands = {
        "read": (READ, lambda path: [*program, "read", "--json", "-o", os.devnull, str(path)]),
        "hunt": (HUNT, lambda path: [*program, "hunt", "--json", "-o", os.devnull, str(path)]),
        "rules": (RULES, lambda path: [*program, "hunt", "--json", "-o", os.devnull, "--rules", str(path), str(asked)]),
        "lines": (LINES, lambda path: [*program, "read", "--jsonl", "-o", os.devnull, "-"]),
    }
    bad = []
    slowest = largest = 0.0
    count = 0
    for kind, (bombs, command) in commands.items():
        for name, (file, make) in bombs.items():
            if options.names and not any(part in f"{kind}: {name}" for part in options.names):
                continue
            with tempfile.TemporaryDirectory(prefix="indicia-bomb-") as folder:
                path = Path(folder) / file
                make(path)
                size = path.stat().st_size
                wall, spent, peak, code, words = run(command(path), path, options.seconds)
            count += 1
            fault = code < 0 or code == 1 or peak > MOST or spent > options.seconds
            bad += [name] * fault
            slowest, largest = max(slowest, wall), max(largest, peak / MB)
            print(
                f"{kind:<6}{name:<42}{size / MB:7.1f} MB {wall:6.1f} s {spent:6.1f} CPU-s {peak / MB:6.0f} MB  exit {code}{'  BAD' if fault else ''}\n      {words}",
                flush=True,
            )
    print(
        f"bench.bombs: bombs={count} slowest={slowest:.1f} largest_mb={largest:.0f} bad={len(bad)}{''.join(f' ({one})' for one in bad)}"
    )
    return bool(bad)


if __name__ == "__main__":
    sys.exit(main())
