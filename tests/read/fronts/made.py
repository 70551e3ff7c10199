"""Files of every format, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from email.message import EmailMessage

import typst

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def pdf(source: str) -> bytes:
    made = typst.compile(source.encode())
    assert isinstance(made, bytes)
    return made


def zipped(files: dict[str, bytes], *, level: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", level) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return out.getvalue()


def docx(body: str, **parts: str) -> bytes:
    files = {
        "[Content_Types].xml": b"<Types/>",
        "word/document.xml": f'<?xml version="1.0"?><w:document {W}><w:body>{body}</w:body></w:document>'.encode(),
    }
    return zipped({**files, **{name.replace("__", "/") + ".xml": text.encode() for name, text in parts.items()}})


def paragraph(text: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}<w:r><w:t>{text}</w:t></w:r></w:p>"


def mail(text: str = "", html: str = "", attachments: dict[str, bytes] | None = None) -> bytes:
    message = EmailMessage()
    message["From"] = "CERT Example <cert@agency.example>"
    message["To"] = "all@example.com"
    message["Subject"] = "Advisory 2021-07"
    message["Date"] = "Mon, 19 Jul 2021 10:00:00 +0200"
    message.set_content(text or "see the other part")
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in (attachments or {}).items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def raw_pdf(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of them its catalogue."""
    out, places = b"%PDF-1.5\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return out + head + table + b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))


def overlapping(count: int, content: bytes) -> bytes:
    """A zip whose table of contents lists one member so many times, all under one name."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    sizes = (20, 0, 8, 0, 0x21, zlib.crc32(content), len(packed), len(content))
    member = struct.pack("<4s5H3I2H", b"PK\3\4", *sizes, 5, 0) + b"a.txt" + packed
    table = (struct.pack("<4s6H3I5H2I", b"PK\1\2", 20, *sizes, 5, 0, 0, 0, 0, 0, 0) + b"a.txt") * count
    return member + table + struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, count, count, len(table), len(member), 0)


def presentation(slides: dict[str, str], **parts: str) -> bytes:
    """A PPTX of these slides, by the number of each, with further parts (`ppt__presentation`)."""
    names = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'  # noqa: E501
    files = {f"ppt/slides/slide{number}.xml": content for number, content in slides.items()}
    files |= {name.replace("__", "/") + ("" if "." in name else ".xml"): content for name, content in parts.items()}
    whole = {name: content.replace("NAMES", names).encode() for name, content in files.items()}
    return zipped({"[Content_Types].xml": b"<Types/>", **whole})


def open_text(body: str, automatic: str = "", **parts: str) -> bytes:
    """An ODT with this body and these automatic styles, and further parts (`styles`, `meta`)."""
    spaces = "office text style table presentation meta".split()
    names = " ".join(f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{one}:1.0"' for one in spaces)
    names += ' xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"'
    names += ' xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"'
    names += ' xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"'
    content = f"<office:automatic-styles>{automatic}</office:automatic-styles><office:body>{body}</office:body>"
    files = {"content": content, **parts}
    whole = {f"{name}.xml": f"<office:document {names}>{text}</office:document>".encode() for name, text in files.items()}
    kind = b"application/vnd.oasis.opendocument.text"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as file:
        for name, data in {"mimetype": kind, **whole}.items():
            file.writestr(name, data)
    return out.getvalue()


def book(pages: dict[str, str], order: list[str], **parts: str) -> bytes:
    """An EPUB of these pages, of which those in `order` are read, with style sheets (`style` -> `style.css`)."""
    items = "".join(f'<item id="{one}" href="{one}.xhtml" media-type="application/xhtml+xml"/>' for one in pages)
    spine = "".join(f'<itemref idref="{one}"/>' for one in order)
    package = f"<package><metadata><title>A book</title></metadata><manifest>{items}</manifest><spine>{spine}</spine></package>"
    container = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
    files = {"mimetype": "application/epub+zip", "META-INF/container.xml": container, "OEBPS/book.opf": package}
    files |= {f"OEBPS/{name}.xhtml": text for name, text in pages.items()}
    files |= {f"OEBPS/{name}.css": text for name, text in parts.items()}
    return zipped({name: text.encode() for name, text in files.items()}, level=zipfile.ZIP_STORED)


def message(**said: str | bytes) -> bytes:
    """An Outlook message (.msg) with these properties: `subject`, `body`, `html`.

    References: [MS-OXMSG] 2.4, [MS-CFB] 2."""
    numbers = {"subject": 0x0037001F, "body": 0x1000001F, "html": 0x10130102}
    values = {numbers[key]: one if isinstance(one, bytes) else one.ljust(2048).encode("utf-16-le") for key, one in said.items()}
    entries = b"".join(
        struct.pack("<IIII", tag, 6, len(value) + 2 * (tag & 0xFFFF == 0x1F), 0) for tag, value in values.items()
    )
    streams = {"__properties_version1.0": bytes(32) + entries}
    streams |= {f"__substg1.0_{tag:08X}": value for tag, value in values.items()}
    return _compound({name: data.ljust(4096, b"\0" if name.startswith("__p") else b" ") for name, data in streams.items()})


def _compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of streams of at least 4,096 bytes each."""
    size, end, free = 512, 0xFFFFFFFE, 0xFFFFFFFF
    sectors, chain, starts = [], [], []
    for data in streams.values():
        count = -(-len(data) // size)
        starts.append(len(sectors))
        chain += [len(sectors) + number + 1 for number in range(count - 1)] + [end]
        sectors += [data[at : at + size].ljust(size, b"\0") for at in range(0, len(data), size)]
    count = len(streams)
    # The root, then the streams as a tree of which each has the next to its right.
    entries = [_entry("Root Entry", 5, end, 0, child=1)]
    entries += [
        _entry(name, 2, start, len(data), right=number + 1 if number < count else free)
        for number, ((name, data), start) in enumerate(
            zip(sorted(streams.items(), key=_order), _sorted(streams, starts), strict=True), 1
        )
    ]
    folder = b"".join(entries)
    folder += _entry("", 0, 0, 0) * (-len(entries) % 4)
    first = len(sectors)
    parts = len(folder) // size
    chain += [first + number + 1 for number in range(parts - 1)] + [end]
    sectors += [folder[at : at + size] for at in range(0, len(folder), size)]
    table = len(sectors)
    chain.append(0xFFFFFFFD)
    assert len(chain) <= 128
    sectors.append(struct.pack("<128I", *chain, *[free] * (128 - len(chain))))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6) + struct.pack("<9I", 0, 1, first, 0, 4096, end, 0, end, 0)
    return head + struct.pack("<109I", table, *[free] * 108) + b"".join(sectors)


def _order(item: tuple[str, bytes]) -> tuple[int, str]:
    return len(item[0]), item[0].upper()


def _sorted(streams: dict[str, bytes], starts: list[int]) -> list[int]:
    return [start for _, start in sorted(zip(streams.items(), starts, strict=True), key=lambda one: _order(one[0]))]


def _entry(name: str, kind: int, start: int, size: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    coded = (name + "\0" if name else "").encode("utf-16-le")
    head = coded.ljust(64, b"\0") + struct.pack("<HBB3I", len(coded), kind, 1, 0xFFFFFFFF, right, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
