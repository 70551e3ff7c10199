"""What kind of file some bytes are, told by the content; the name decides only between kinds that look alike."""

from __future__ import annotations

import re
from enum import StrEnum

from indicia.read.fronts.decode import decode, looks_binary

# Telling a log from a text, so that a log that was given as a source is sent to the hunt and not read as prose.
_DIRECTIVE = re.compile(rb"^#(?:Software|Version|Fields|Log-type|separator):", re.MULTILINE)
_DATED = re.compile(
    rb"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d"  # ISO
    rb"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "  # syslog
    rb"|\S{2,60} \S{1,60} \S{1,60} \[\d{1,2}/[A-Z][a-z]{2}/\d{4}:"  # access log
    rb"|type=[A-Z_]+ msg=audit\()"
)
_LINES = 20  # fewer dated lines may be a timeline that somebody wrote


def looks_like_log(head: bytes) -> bool:
    """Whether the first bytes of a file are a log's: W3C directives, or nine of ten lines that begin with a time.

    >>> looks_like_log(b"#Software: Microsoft Internet Information Services 10.0\\n#Fields: date time s-ip\\n")
    True
    >>> looks_like_log(b"2021-03-02 Microsoft named HAFNIUM.\\n")
    False
    """
    if len(_DIRECTIVE.findall(head[:4096])) >= 2:
        return True
    lines = [line for line in head.split(b"\n")[:200] if line.strip()][:-1]
    return len(lines) >= _LINES and sum(1 for line in lines if _DATED.match(line)) >= 0.9 * len(lines)


class FileKind(StrEnum):
    EMPTY = "empty"
    PLAIN = "plain text"
    MARKDOWN = "Markdown"
    HTML = "HTML"
    FEED = "feed of news"
    JSON = "JSON"
    CSV = "CSV"
    PDF = "PDF"
    DOCX = "DOCX"
    ZIP = "zip"
    GZIP = "gzip"
    MAIL = "e-mail"
    LOG = "log"
    SHEETS = "spreadsheet"
    SLIDES = "presentation"
    OPEN_DOCUMENT = "OpenDocument"
    BOOK = "book"
    RTF = "RTF"
    MESSAGE = "Outlook message"
    SUBTITLES = "subtitles"
    HASHES = "hashes of a MISP feed"
    BINARY = "binary"


_MAGIC_OLE = b"\xd0\xcf\x11\xe0"
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a Linux program"),
    (b"\xcf\xfa\xed\xfe", "a macOS program"),
    (b"ElfFile\0", "a Windows event log"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (_MAGIC_OLE, "an old Office file"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"BZh", "a compressed file (bzip2)"),
    (b"\xfd7zXZ", "a compressed file (xz)"),
    (b"\x28\xb5\x2f\xfd", "a compressed file (zstd)"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x78\x9f\x3e\x22", "what Outlook packs attachments into (TNEF)"),
    (b"\xd4\xc3\xb2\xa1", "a packet capture"),
    (b"\x0a\x0d\x0d\x0a", "a packet capture"),
)
_FEED = re.compile(  # RSS 0.9x to 2.0, RSS 1.0 and Atom, behind what may stand before the first element
    rb"(?:<!--[^>]{0,2000}>|<\?[^>]{0,500}>|\s)*+"
    rb"<(?:rss[\s>]|(?:\w+:)?RDF[\s>][^>]{0,1000}purl\.org/rss|feed\s[^>]{0,1000}w3\.org/2005/Atom)"
)
_HTML = re.compile(
    rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<(?:div|article|section|main|table|p|h1|meta|title)(?:\s[^>]{0,200})?>",
    re.IGNORECASE,
)
# Nothing is tried twice: two ways to read the end of a line would be a million for twenty lines.
_MAIL = re.compile(
    rb"\A(?:From [^\n]{0,200}+\n)?"
    rb"(?:[A-Za-z][A-Za-z0-9_.-]{0,60}+:[^\n]{0,2000}+\n(?:[ \t][^\n]{0,2000}+\n){0,60}+){2,400}+\r?\n",
    re.ASCII,
)
_MAIL_NAMES = re.compile(
    rb"^(?:received|from|to|subject|date|message-id|mime-version|return-path|delivered-to|content-type|reply-to):", re.I | re.M
)
_HEAD = 65536
_FEED_COLUMNS = re.compile(
    r"(?<![^\W_])(?:indicator|ioc|value|type|indicator_?type|sha-?256|md5|sha-?1|domain|url|ip|ip[_ ]?address|dst_ip|hash|"
    r"first_?seen|last_?seen|tlp|confidence|threat_?type|malware|dateadded|category|to_ids)(?![^\W_])",
    re.IGNORECASE,
)
_SURE_COLUMN = re.compile(
    r"(?:^|[,;\t|])\W?(?:ioc|indicator|ip[_ ]?address|md5|sha-?1|sha-?256)\W?(?:$|[,;\t|])", re.IGNORECASE
)


def sniff(data: bytes, name: str = "") -> tuple[FileKind, str]:
    """The kind, and for binary input in words what it is ("a picture"). Cheap: looks at the first 64 KB. Never raises."""
    head = data[:_HEAD]
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf\xff\xfe"):
        return FileKind.EMPTY, ""
    if head.startswith(b"\x1f\x8b"):
        return FileKind.GZIP, ""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if b"%PDF-" in head[:1024]:
        return FileKind.PDF, ""
    if head.startswith(b"{\\rtf"):
        return FileKind.RTF, ""
    for magic, words in _MAGIC:
        if head.startswith(magic) and looks_binary(data):
            return _ole_kind(data) if magic == _MAGIC_OLE else (FileKind.BINARY, words)
    if data[257:262] == b"ustar":
        return FileKind.BINARY, "a tar archive (unpack it first)"
    if looks_binary(data):
        return FileKind.BINARY, "a binary file"
    if b"\0" in head[:200]:  # UTF-16 or a stray NUL: judge what it says, not how
        head = decode(head)[0].encode("utf-8", "replace")
    return _text_kind(head.lstrip(b"\xef\xbb\xbf \t\r\n"), name.lower()), ""


def _zip_kind(data: bytes) -> tuple[FileKind, str]:
    """A DOCX, an archive, or an office file of another kind, whose parts would make no sense one by one."""
    if b"[Content_Types].xml" in data:
        if b"word/" in data:
            return FileKind.DOCX, ""
        for part, kind in ((b"xl/", FileKind.SHEETS), (b"ppt/", FileKind.SLIDES)):
            if part in data:
                return kind, ""
    if b"mimetypeapplication/epub+zip" in data[:200]:
        return FileKind.BOOK, ""
    if b"mimetypeapplication/vnd.oasis.opendocument" in data[:200]:
        return FileKind.SHEETS if b"opendocument.spreadsheet" in data[:200] else FileKind.OPEN_DOCUMENT, ""
    return FileKind.ZIP, ""


def _ole_kind(data: bytes) -> tuple[FileKind, str]:
    """What a compound file of Microsoft's holds, by the names of its streams."""
    for stream, kind, words in _OLE:
        if stream.encode("utf-16-le") in data:
            return kind, words
    return FileKind.BINARY, "an old Office file"


_OLE = (
    ("__substg1.0_", FileKind.MESSAGE, ""),
    ("EncryptedPackage", FileKind.BINARY, "an encrypted Office file"),
    ("WordDocument", FileKind.BINARY, "an old Office file (.doc)"),
    ("Workbook", FileKind.SHEETS, ""),
    ("PowerPoint Document", FileKind.BINARY, "an old Office file, a presentation (.ppt)"),
)


_SUBTITLES = re.compile(rb"WEBVTT[ \t\r\n]|\d{1,6}\r?\n\d\d:\d\d:\d\d,\d{3}[ \t]+-->")
CODED = b"incident_ID,attribution_ID,"  # EuRepoC's table of attributions
_HASHES = re.compile(rb"[0-9a-f]{32},[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\r?\n", re.I)


def _text_kind(head: bytes, name: str) -> FileKind:
    if name.endswith("hashes.csv") and _HASHES.match(head):
        return FileKind.HASHES
    if head[:1] in {b"{", b"["} and re.match(rb'\{\s*(?:"|\})|\[\s*(?:\{|"|\[|\])', head):
        return FileKind.JSON
    start = head[:4096]
    if _MAIL.match(head) and len(set(map(bytes.lower, _MAIL_NAMES.findall(start)))) >= 2:
        return FileKind.MAIL
    if _SUBTITLES.match(head):
        return FileKind.SUBTITLES
    if head[:1] == b"<" and _FEED.match(start):
        return FileKind.FEED
    if head[:1] == b"<" and _HTML.search(start):
        return FileKind.HTML
    if name.endswith((".html", ".htm", ".xhtml")) and b"<" in start and _HTML.search(head):
        return FileKind.HTML
    if looks_like_log(head):
        return FileKind.LOG
    if head.startswith(CODED) or _looks_csv(start.decode("utf-8", "replace"), name):
        return FileKind.CSV
    if _looks_markdown(head.decode("utf-8", "replace"), name):
        return FileKind.MARKDOWN
    return FileKind.PLAIN


def _looks_csv(start: str, name: str) -> bool:
    """A header that names an indicator column, and a second row with the same number of separators."""
    lines = [line for line in start.split("\n")[:40] if line.strip()]
    first = next((number for number, line in enumerate(lines) if not line.startswith("#")), len(lines))
    rows = [line for line in lines[first:] if not line.startswith("#")][:2]
    if first and rows and is_header(lines[first - 1].lstrip("# "), rows[0]):
        return True
    lines = rows
    if len(lines) < 2 or len(lines[0]) > 1000:
        return False
    if is_header(lines[0], lines[1]) or name.endswith(".csv") and "," in lines[0] and _SURE_COLUMN.search(lines[0].strip()):
        return True
    return name.endswith(".csv") and "," not in lines[0] and bool(_FEED_COLUMNS.fullmatch(lines[0].strip().strip('"')))


def is_header(line: str, row: str) -> bool:
    """Whether `line` names the columns of a feed of indicators, of which `row` is the first."""
    for separator in (",", ";", "\t", "|"):
        columns = line.count(separator)
        if columns >= 1 and row.count(separator) >= columns and len(_FEED_COLUMNS.findall(line)) >= 2:
            return len(line) <= 1000 and len(line.split()) <= 4 * (columns + 1)
    return False


_MARKDOWN_SIGNS = (
    re.compile(r"\A---[ \t]*\n[A-Za-z][\w-]{0,40}:[^\n]{0,500}\n"),  # front matter
    re.compile(r"^#{1,6} \S", re.M),
    re.compile(r"^```", re.M),
    re.compile(r"^[ \t]*+(?:\|[ \t]*+)?:?-{3,}+:?[ \t]*+\|", re.M),
    re.compile(r"\[[^\]\n]{1,200}\]\((?:https?:|#|/|\.)[^)\s]{0,500}\)"),
    re.compile(r"(?<!\*)\*\*[^*\n]{1,200}\*\*(?!\*)"),
    re.compile(r"^\s{0,3}[-*+] \S", re.M),
    re.compile(r"(?<!`)`[^`\n]{1,200}`(?!`)"),
    re.compile(r"^> ", re.M),
)


def _looks_markdown(head: str, name: str) -> bool:
    """Two signs of Markdown, or one and the name. A heading mark alone could be a comment in a configuration file."""
    signs = sum(1 for sign in _MARKDOWN_SIGNS if sign.search(head))
    return signs >= 1 if name.endswith((".md", ".markdown", ".mkd")) else signs >= 3
