"""E-mail as it is saved (.eml): subject, text and attachments; the date and the sender are the document's own."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from email.message import EmailMessage
from itertools import islice

from indicia.errors import FormatError
from indicia.read.fronts.dates import date_of
from indicia.read.fronts.decode import decode
from indicia.read.fronts.html import read_html
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.plain import read_plain
from indicia.read.text.banners import may_mark
from indicia.records import Block, BlockKind

_MAX_ATTACHMENTS = 200
_MAX_HEADERS = 200


def read_mail(data: bytes, name: str, limits: Limits) -> Parsed:
    """The plain text of the message, else its HTML, under its subject; attachments go on to be opened. Raises: FormatError."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except (ValueError, LookupError, IndexError, TypeError, AttributeError) as error:
        raise FormatError("is no e-mail that can be read", where=name, hint="save it again as .eml") from error
    assert isinstance(message, EmailMessage)
    body = _part(message)
    parsed = Parsed()
    if body is not None:
        kind, content = body
        parsed = read_html(content, name, limits) if kind == "html" else read_plain(content)
    parsed.media_type = "message/rfc822"
    subject = _header(message, "subject")
    if subject:
        gap = len(subject) + 2
        parsed.blocks = [
            Block(start=0, end=len(subject), kind=BlockKind.HEADING, path="subject"),
            *(Block(start=b.start + gap, end=b.end + gap, kind=b.kind, path=b.path) for b in parsed.blocks),
        ]
        parsed.text = f"{subject}\n\n{parsed.text}"
        parsed.title = subject
    parsed.published = date_of(_header(message, "date")) or parsed.published
    parsed.publisher = _sender(_header(message, "from")) or parsed.publisher
    parsed.attached = _attachments(message, parsed, name)
    raw = list(islice(message.raw_items(), _MAX_HEADERS))
    parsed.beside += [(key, value) for key in dict.fromkeys(key for key, _ in raw) if (value := _header(message, key))]
    parsed.beside += [(key, str(value)) for key, value in raw]
    parsed.bannered = "\n\n".join([parsed.text, *_other_forms(message, body, name, limits)])
    return parsed


def _header(message: EmailMessage, key: str) -> str | None:
    try:
        value = message[key]
        return " ".join(str(value).split())[:1000] or None if value is not None else None
    except (
        ValueError,
        LookupError,
        IndexError,
        TypeError,
        AttributeError,
        OverflowError,
    ):  # the parser of headers raises many things on broken ones
        return None


def _sender(value: str | None) -> str | None:
    """The display name, else the address."""
    if not value:
        return None
    shown = value.split("<", 1)[0].strip().strip('"')
    return shown or value.strip("<> ") or None


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _part(message: EmailMessage) -> tuple[str, str] | None:
    try:
        body = message.get_body(preferencelist=("plain", "html"))
    except (ValueError, LookupError, AttributeError, TypeError):
        body = None
    if body is None:
        return None
    assert isinstance(body, EmailMessage)
    try:
        charset = body.get_content_charset()
    except (ValueError, LookupError):
        charset = None
    return body.get_content_subtype(), decode(_content(body), charset)[0]


def _other_forms(message: EmailMessage, chosen: object, name: str, limits: Limits) -> Iterator[str]:
    """The words of the message in its other forms: a banner may stand in the HTML alone."""
    for part in islice(message.walk(), _MAX_ATTACHMENTS):
        if part.get_content_maintype() != "text" or part.is_attachment():
            continue
        try:
            charset = part.get_content_charset()
        except (ValueError, LookupError):
            charset = None
        text = decode(_content(part), charset)[0]
        if part.get_content_subtype() != "html":
            yield text
        elif may_mark(text):
            page = read_html(text, name, limits)
            yield page.text if page.bannered is None else page.bannered


def _attachments(message: EmailMessage, parsed: Parsed, name: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    try:
        parts = list(message.iter_attachments()) if message.is_multipart() else []
    except (ValueError, LookupError, AttributeError, TypeError):
        parts = []
    for number, part in enumerate(parts, start=1):
        if number > _MAX_ATTACHMENTS:
            parsed.problems.append(skipped(name, f"has more than {_MAX_ATTACHMENTS} attachments; the rest was not opened"))
            break
        assert isinstance(part, EmailMessage)
        label = part.get_filename() or f"attachment {number}"
        content = part.get_payload(0).as_bytes() if part.get_content_type() == "message/rfc822" else _content(part)  # type: ignore[union-attr]
        if part.get_content_maintype() in {"image", "audio", "video"}:
            continue  # a logo or a signature's picture: no document
        found.append((label.replace("/", "_"), content))
    return found
