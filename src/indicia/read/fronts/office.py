"""What the front ends of office files share, and the small ones: Outlook messages, subtitles.

Sheets (xlsx, xls, ods) and messages are read by libraries of the extra `office`; the others need none. Every block leads back
to its place: `sheet Costs row 3`, `slide 4`, `00:12:31`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from indicia.errors import FormatError, InputError, LimitError
from indicia.extras import need
from indicia.read.fronts.apart import Front, Stopped, parsed_apart
from indicia.read.fronts.archive import BROKEN, check_member
from indicia.read.fronts.dates import date_in_head
from indicia.read.fronts.mail import read_body
from indicia.read.fronts.opened import Limits, Parsed
from indicia.records import Block, BlockKind

_CUE = re.compile(r"(\d\d:)?(\d\d:\d\d)[.,]\d{3}[ \t]+-->[ \t]+[\d:.,]+[^\n]*")
_CUE_TAG = re.compile(r"<v[^ >]{0,20}\s([^>\n]{1,80})>|<[^>\n]{0,200}>")
_ENDS = (".", "!", "?", "…", '"', "”")

Piece = tuple[str, BlockKind, str]  # text, kind, path


def laid_out(parsed: Parsed, pieces: Iterable[Piece], limits: Limits, name: str) -> Parsed:
    """The text of the pieces: rows and list items line by line, all else with a blank line between."""
    out: list[str] = []
    length = 0
    for text, kind, path in pieces:
        last = parsed.blocks[-1] if parsed.blocks else None
        near = last is not None and last.kind is kind and kind in {BlockKind.ROW, BlockKind.LIST_ITEM}
        gap = "" if last is None else "\n" if near else "\n\n"
        out += [gap, text]
        parsed.blocks.append(Block(start=length + len(gap), end=length + len(gap) + len(text), kind=kind, path=path))
        length += len(gap) + len(text)
        if length > limits.text_characters:
            raise LimitError(f"holds more than {limits.text_characters:,} characters", where=name, hint="split it")
    parsed.text = "".join(out)
    parsed.published = date_in_head(parsed.text)
    return parsed


def broken(kind: str, name: str, error: BaseException) -> FormatError:
    return FormatError(f"is a broken {kind} ({type(error).__name__})", where=name, hint="open and save it again")


def by_library(front: Front, data: bytes, name: str, limits: Limits, hint: str) -> Parsed:
    """What `front` makes of a file in a process of its own. Raises: LimitError, and what `front` raises."""
    try:
        return parsed_apart(front, data, name, limits, seconds=limits.office_seconds, memory=limits.office_memory)
    except Stopped as stopped:
        why = f"takes longer than {limits.office_seconds:g} s to read" if stopped.late else "asks for too much memory"
        raise LimitError(why, where=name, hint=hint) from stopped


def read_message(data: bytes, name: str, limits: Limits) -> Parsed:
    """An Outlook message like an e-mail: subject, text, attachments. Raises: ExtraError, FormatError, LimitError."""
    need("office")
    return by_library(read_message_here, data, name, limits, "save it as .eml")


def read_message_here(data: bytes, name: str, limits: Limits) -> Parsed:
    """The same in this process."""
    from oxmsg import Message

    try:
        message = Message.load(data)
        html, body, subject = message.html_body, message.body, message.subject or ""
        attached = [(one.file_name or "attachment", one.file_bytes) for one in message.attachments]
        sender, sent = message.sender, message.sent_date
    except Exception as error:
        raise broken("Outlook message", name, error) from error
    parsed = read_body((body or "").replace("\r\n", "\n"), html, name, limits)
    subject = " ".join(subject.split())
    if subject:
        gap = len(subject) + 2
        moved = (Block(start=one.start + gap, end=one.end + gap, kind=one.kind, path=one.path) for one in parsed.blocks)
        parsed.blocks = [Block(start=0, end=len(subject), kind=BlockKind.HEADING, path="subject"), *moved]
        parsed.text, parsed.title = f"{subject}\n\n{parsed.text}", subject
    parsed.media_type = "application/vnd.ms-outlook"
    parsed.published = sent.date().isoformat() if sent is not None else parsed.published
    parsed.publisher = sender or parsed.publisher
    parsed.attached = [(label.replace("/", "_"), content) for label, content in attached if content]
    return parsed


def of_zip(data: bytes, name: str, kind: str, read: Callable[[zipfile.ZipFile], None]) -> None:
    """Reads a file that is a zip of XML. Raises: FormatError, InputError, and what `read` raises."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            read(file)
    except (ParseError, DefusedXmlException, *BROKEN, KeyError) as error:
        raise broken(kind, name, error) from error
    except RuntimeError as error:  # zipfile's word for a password
        raise InputError("is encrypted", where=name, hint="save a copy without a password") from error


class XmlMembers:
    """The members of a zip of XML, element by element: as many elements in all of them as the limits allow."""

    def __init__(self, file: zipfile.ZipFile, name: str, limits: Limits) -> None:
        self._file, self._name, self._limits = file, name, limits
        self._elements = 0

    def events(self, member: str, which: tuple[str, ...]) -> Iterator[tuple[str, Element]]:
        """Raises: KeyError, where there is no such member; LimitError; and what the parser raises."""
        check_member(self._file.getinfo(member), self._limits, self._name)
        with self._file.open(member) as stream:
            for event, element in iterparse(stream, events=which):
                self._elements += event == "end"
                if self._elements > self._limits.elements:
                    raise LimitError(f"has more than {self._limits.elements:,} elements", where=self._name, hint="split it")
                yield event, element


def read_subtitles(text: str) -> Parsed:
    """Subtitles (srt, vtt) as running text: who speaks begins a paragraph, and each cue leads back to its time."""
    parsed = Parsed(media_type="text/vtt" if text.lstrip("\ufeff").startswith("WEBVTT") else "application/x-subrip")
    out: list[str] = []
    length, voice, last = 0, "", ""
    for time, words, speaker in _cues(text):
        if words == last:
            continue  # captions that roll say each line twice
        new = bool(speaker and speaker != voice)
        gap = "" if not out else "\n\n" if new or (last.endswith(_ENDS) and length > 0 and len(last) > 200) else " "
        told = f"{speaker}: {words}" if new else words
        voice, last = speaker or voice, words
        parsed.blocks.append(Block(start=length + len(gap), end=length + len(gap) + len(told), path=time))
        out += [gap, told]
        length += len(gap) + len(told)
    parsed.text = "".join(out)
    return parsed


def _cues(text: str) -> Iterator[tuple[str, str, str]]:
    """Time, words and speaker (or "") of each cue."""
    matches = list(_CUE.finditer(text))
    for number, match in enumerate(matches):
        end = matches[number + 1].start() if number + 1 < len(matches) else len(text)
        body = text[match.end() : end].strip("\r\n").replace("\r\n", "\n").partition("\n\n")[0]
        voices = [one[1] for one in _CUE_TAG.finditer(body) if one[1]]
        words = " ".join(_CUE_TAG.sub("", body).split())
        if words:
            yield f"{match[1] or '00:'}{match[2]}", words, voices[0].strip() if voices else ""
