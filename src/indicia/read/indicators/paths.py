"""File paths of Windows and Unix, and paths of pages on a server, in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit

_DRIVE = re.compile(
    r"(?:[A-Za-z]:|%[A-Za-z][A-Za-z0-9_()]{1,30}%|\\\\[?.]\\[A-Za-z]:|\\\\[A-Za-z0-9_$][A-Za-z0-9_.$-]{0,62}|"
    r"\$env:[A-Za-z]{2,20}|\[[A-Z][A-Za-z ]{2,20}\]|CSIDL_[A-Z_]{3,30})"
    r"\\{1,2}((?:(?:[^\\/:*?\"<>|\r\n\t,;%“”‘’]{0,79}"
    r"[^\\/:*?\"<>|\s,;%“”‘’]|<[\w .-]{1,30}>|\*)\\{1,2}){0,20})"
    r"([^\\/:*?\"<>|\s,;“”‘’]{0,128})"
)
_SPACED_NAME = re.compile(
    r"(?: [^\\/:*?\"<>|\s.,;]{1,30}){0,4}\.(?:exe|dll|bat|cmd|vbs|ps1|lnk|docx?|xlsx?|pdf|zip|rar|txt|js|hta|scr|dat|log|"
    r"aspx|png|jpg)(?:\.(?:exe|scr|lnk|js|vbs|hta|bat|cmd|zip|iso|com))?\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
# A file name that ends within what looks like a folder: `C:\a.exe and registers HKLM\...`
_FILE_INSIDE = re.compile(
    r"\.(?:exe|dll|sys|bat|cmd|ps1|vbs|vbe|js|hta|lnk|scr|ocx|aspx?|ashx|php|jsp|txt|log|dat|bin|tmp|zip|rar|7z|docx?|"
    r"xlsx?|pdf|xml|ini|cab|msi|[a-z]\w{1,4}(?=\s(?:and|or|to|in|with|which|as|then|by|from|is|was|via)\s))(?=[\s)]|[.:]\s)",
    re.I,
)
_UNIX = re.compile(
    r"(?:~|\$HOME)?/(?:etc|tmp|var|usr|home|root|opt|dev|bin|sbin|Library|Users|private|System|Applications|Volumes|"
    r"proc|lib|lib64|data|"
    r"sdcard|vmfs|scratch|bootbank|storage|persistent|flash|config|mnt|srv|run|boot|media|sys|"
    r"\.[a-z]{2,20})(?:/(?:Application Support|Group Containers|Internet Plug-Ins|"
    r"Mobile Documents|[\w.+@%~{}\[\]$-]{1,128})(?![\w.+@%~{}\[\]$-])){1,20}/?"
    r"|(?:~|\$HOME)/[\w.+@%-]{1,128}(?:/[\w.+@%-]{1,128}){0,20}"
)
_FORWARD = re.compile(r"(?:[^\\/:*?\"<>|\s,;()“”‘’]{1,80}/){0,20}[^\\/:*?\"<>|\s,;“”‘’]{1,128}")
_WEB_PATH = re.compile(
    r"/(?:[\w.+@%~-]{1,64}/){0,10}[\w.+@%~-]{1,64}\.(?:aspx|ashx|asmx|asp|php|jspx?|cgi|cfm|do|axd|svc|js|css|png|"
    r"flt)\b(?![\w/])"
)


def find_paths(text: str, anchors: Anchors) -> Iterator[Hit]:
    """File paths of Windows (drive, variable, share) and of Unix, and paths of pages on a server. As written."""
    if "\\" in text:
        yield from _windows(text)
    done = 0
    for at in anchors.slashes:
        if at < done:
            continue
        drive = at > 1 and text[at - 1] == ":" and text[at - 2].isalpha() and not text[at - 3 : at - 2].isalnum()
        if drive and (match := _FORWARD.match(text, at + 1)) is not None:  # C:/Windows/Temp/a.exe
            done = unpunctuated(text, at, match.end())
            yield Hit(at - 2, done, "file-path", text[at - 2 : done])
            continue
        match = _UNIX.match(text, at)
        if match is not None:
            end = unpunctuated(text, at, match.end())
            if end - at > 5:
                yield Hit(at, end, "file-path", text[at:end])
                done = end
        elif (match := _WEB_PATH.match(text, at)) is not None:
            yield Hit(at, match.end(), "file-path", match[0])
            done = match.end()


def unpunctuated(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in ".,;:!?'\"*)]}…-":
        if text[end - 1] in ")]}" and text.count("([{"[")]}".index(text[end - 1])], start, end) >= text.count(
            text[end - 1], start, end
        ):
            break
        end -= 1
    return end


def _windows(text: str) -> Iterator[Hit]:
    done = 0
    at = text.find("\\")
    while at >= 0:
        start = _path_start(text, at, done)
        match = _DRIVE.match(text, start) if start >= 0 else None
        if match is None:
            run = at
            while run < len(text) and text[run] == "\\":
                run += 1
            at = text.find("\\", max(run, at + 1))
            continue
        end = match.end()
        opener = text[start - 1] if start else ""
        whole = _FILE_INSIDE.search(text, start, end)
        if whole is not None:
            end = whole.end()
        elif opener in "\"'`“" and opener:
            end = max(end, quoted_end(text, start, opener, end))
        elif not _ENDING.search(text, match.start(2), end) and (more := _SPACED_NAME.match(text, end)) is not None:
            end = more.end()
        elif (folder := _SPACED_FOLDER.match(text, end)) is not None:
            end = folder.end()
        end = unpunctuated(text, start, end)
        if end > start + 3 and not text.startswith("\\\\", start) or (match[1] or match[2]) and end > start + 5:
            yield Hit(start, end, "file-path", with_single_backslashes(text[start:end]))
        done = max(end, at + 1)
        at = text.find("\\", done)


def _path_start(text: str, at: int, floor: int) -> int:
    """Where a path whose first backslash is at `at` begins, or -1."""
    before = text[at - 1] if at > floor else ""
    if (
        before == ":"
        and at - 2 >= floor
        and text[at - 2].isalpha()
        and (at - 3 < 0 or not (text[at - 3].isalnum() or text[at - 3] == "_"))
    ):
        return at - 2
    if before == ":" or (before.isalpha() and "$env:" in text[max(floor, at - 26) : at].lower()):
        low = max(floor, at - 26)
        opening = text[low:at].lower().rfind("$env:") if before.isalpha() else -1
        return low + opening if opening >= 0 else -1
    if before == "%":
        opening = text.rfind("%", max(floor, at - 34), at - 1)
        return (
            opening
            if opening >= 0 and text[opening + 1 : at - 1].replace("_", "").replace("(", "").replace(")", "").isalnum()
            else -1
        )
    if before == "]":
        opening = text.rfind("[", max(floor, at - 24), at)
        return opening if opening >= 0 else -1
    if text[at + 1 : at + 2] == "\\" and not before.isalnum() and before not in {"\\", ":"}:
        return -1 if _BYTES.match(text, at) else at
    if before.isupper():
        opening = text.rfind("CSIDL_", max(floor, at - 36), at)
        return opening if opening >= 0 and text[opening:at].replace("_", "").isalpha() else -1
    return -1


_BYTES = re.compile(r"\\\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[nrt0])(?![A-Za-z0-9])")
_SPACED_FOLDER = re.compile(
    r"(?:(?<=\\Program) Files(?: \(x86\))?|(?<=\\Common) Files|(?<=\\Start) Menu|(?<=\\User) Data|(?<=\\Local) State)(?![\w\\])"
)


def with_single_backslashes(path: str) -> str:
    """The path with single backslashes, for text that is escaped as in source code; a share keeps its first two."""
    head, rest = (path[:2], path[2:]) if path.startswith("\\\\") else ("", path)
    return head + rest.replace("\\\\", "\\")


def quoted_end(text: str, start: int, opener: str, least: int) -> int:
    """The end of a path between quotes, blanks included, if the closing quote stands on the same line within 260 characters."""
    closer = "”" if opener == "“" else opener
    close = text.find(closer, least, start + 260)
    if close < 0 or any(c in text[least:close] for c in "\n\t<>|*?,;"):
        return least
    return close
