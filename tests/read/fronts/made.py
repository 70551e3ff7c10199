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
