"""E-mail as it is saved (.eml): subject, text and attachments; the date and the sender are the document's own.

Of a message in two forms its reader sees the HTML: that is read, and what its plain text says beyond it is told.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Container, Iterator
from email.message import EmailMessage
from itertools import islice

from indicia.errors import FormatError
from indicia.read.fronts.dates import date_of
from indicia.read.fronts.decode import decode
from indicia.read.fronts.html import read_html
from indicia.read.fronts.html_apart import between_tags
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.plain import read_plain
from indicia.read.fronts.unseen import noted_unseen
from indicia.read.text.banners import may_mark
from indicia.records import LOOK, Block, BlockKind, Problem, Severity

_MAX_ATTACHMENTS = 200
_MAX_HEADERS = 200
_WORD = re.compile(r"[^\W_]+")
_ADDRESS = re.compile(r"(?:https?|mailto):\S+")


def read_mail(data: bytes, name: str, limits: Limits) -> Parsed:
    """What the message shows, under its subject; attachments go on to be opened. Raises: FormatError."""
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
    except (ValueError, LookupError, IndexError, TypeError, AttributeError) as error:
        raise FormatError("is no e-mail that can be read", where=name, hint="save it again as .eml") from error
    assert isinstance(message, EmailMessage)
    parsed = read_body(_part(message, "plain"), _part(message, "html"), name, limits)
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
    parsed.bannered = "\n\n".join([parsed.text, *_other_forms(message, name, limits)])
    return parsed


def read_body(plain: str | None, html: str | None, name: str, limits: Limits) -> Parsed:
    """What whoever opens a message sees of its two forms."""
    page = read_html(html, name, limits) if html else Parsed()
    if not page.text.strip():
        parsed = read_plain(plain or "")
        parsed.problems += page.problems
        if html and parsed.text.strip():
            parsed.problems += noted_unseen(name, 0, len(parsed.text), "stand in a plain text beside HTML that shows none")
        return parsed
    said = set(_phrases(between_tags(html or "").text))
    unsaid = [one for one in (plain or "").split("\n\n") if _is_unsaid(one, said)]
    if unsaid:
        count = sum(len(one.strip()) for one in unsaid)
        told = f"{count:,} characters of the plain text that its HTML does not say were not read"
        page.problems.append(Problem(where=name, what=told, severity=Severity.NOTE, hint=LOOK))
    return page


def _phrases(text: str) -> list[tuple[str, ...]]:
    words = _WORD.findall(_ADDRESS.sub(" ", text.lower()))
    return [tuple(words[at : at + 3]) for at in range(max(1, len(words) - 2))] if words else []


def _is_unsaid(paragraph: str, said: Container[tuple[str, ...]]) -> bool:
    """Whether most of what a paragraph says is said nowhere else. Programs wrap and link the two forms differently."""
    phrases = _phrases(paragraph)
    return len(phrases) > 2 and sum(one not in said for one in phrases) > len(phrases) / 2


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


def _part(message: EmailMessage, kind: str) -> str | None:
    """The body in one form, if the message has that."""
    try:
        body = message.get_body(preferencelist=(kind,))
    except (ValueError, LookupError, AttributeError, TypeError):
        body = None
    if body is None:
        return None
    assert isinstance(body, EmailMessage)
    try:
        charset = body.get_content_charset()
    except (ValueError, LookupError):
        charset = None
    return decode(_content(body), charset)[0]


def _other_forms(message: EmailMessage, name: str, limits: Limits) -> Iterator[str]:
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
