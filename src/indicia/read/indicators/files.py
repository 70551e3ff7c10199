"""Traces on a machine: hashes, fuzzy hashes, file paths, registry keys, mutexes and user agents in the refanged view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.hit import Hit

__all__ = [
    "FILE_ENDINGS",
    "HOST_LIKE_ENDINGS",
    "find_agents",
    "find_hashes",
    "find_keys",
    "find_mutexes",
    "find_paths",
    "find_ssdeep",
    "is_program_name",
]

FILE_ENDINGS = frozenset(
    (
        "exe", "dll", "sys", "scr", "ocx", "cpl", "drv", "com_", "bat", "cmd", "ps1", "psm1", "psd1", "vbs", "vbe", "js",
        "jse", "wsf", "wsh", "hta", "lnk",
        "msi", "msp", "cab", "inf", "reg", "chm", "hlp", "sct", "xll", "xlam", "ppam", "wll", "doc", "docx", "docm", "dot",
        "dotm", "dotx", "xls", "xlsx",
        "xlsm", "xlsb", "xlt", "ppt", "pptx", "pptm", "pps", "ppsx", "pdf", "rtf", "odt", "ods", "one", "onepkg", "eml",
        "msg", "pst", "ost", "edb",
        "zip", "rar", "7z", "gz", "tgz", "tar", "bz2", "xz", "lzh", "ace", "arj", "iso", "img", "vhd", "vhdx", "dmg",
        "pkg", "deb", "rpm", "apk", "ipa",
        "dex", "jar", "war", "class", "py", "pyc", "pyd", "pyw", "pl", "rb", "sh", "bash", "elf", "so", "dylib", "ko",
        "bin", "dat", "tmp", "temp",
        "bak", "old", "log", "txt", "ini", "cfg", "conf", "config", "xml", "json", "yml", "yaml", "csv", "tsv", "db",
        "sqlite", "sql", "mdb", "kdbx",
        "aspx", "ashx", "asmx", "asp", "asax", "php", "php3", "php5", "phtml", "jsp", "jspx", "jspf", "cgi", "cfm", "htm",
        "html", "mht", "shtml", "css",
        "svg", "png", "jpg", "jpeg", "gif", "bmp", "ico", "webp", "tif", "tiff", "wav", "mp3", "mp4", "avi", "wmv", "swf",
        "flv", "ttf", "otf", "woff",
        "dmp", "mdmp", "evtx", "etl", "pcap", "pcapng", "pf", "hiv", "key", "pem", "crt", "cer", "pfx", "p12", "p7b",
        "rsa", "pub", "ppk", "rdp", "ovpn",
        "plist", "desktop", "service", "bashrc", "manifest", "mui", "nls", "ax", "tlb", "pdb", "lib", "obj", "o", "a", "h",
        "c", "cpp", "cs", "csproj",
        "sln", "vcxproj", "go", "rs", "java", "kt", "swift", "lua", "asm", "md", "yar", "yara", "ps", "url", "website",
        "theme", "search-ms", "settingcontent-ms",
        "compiled", "browser", "svc", "axd", "master", "resx", "ps1xml", "vmdk", "ova", "vmem", "enc", "encrypted",
        "locked", "crypt", "cry", "lock",
    )
)  # fmt: skip
# Endings that are top-level domains as well: a file unless the name stands as a host does.
HOST_LIKE_ENDINGS = frozenset(
    ("sh", "py", "pl", "ps", "md", "rs", "so", "zip", "mov", "cc", "cab", "search", "service", "one", "pub", "java",
     "swift", "bz", "go", "cfd", "app", "info", "cat", "sc")
) & FILE_ENDINGS | {"zip"}  # fmt: skip
_LIBRARIES = frozenset(
    (
        "node.js", "vue.js", "react.js", "next.js", "nuxt.js", "three.js", "d3.js", "express.js", "angular.js", "ember.js",
        "backbone.js", "moment.js",
        "chart.js", "socket.io", "asp.net", "vb.net", "ado.net", "ml.net", "discord.js", "electron.js", "deno.js", "p5.js",
    )
)  # fmt: skip


def is_program_name(token: str, text: str, start: int, end: int) -> bool:
    """Whether a dotted word only looks like a file: a library's name, a method of an object, one letter after a number."""
    low = token.lower()
    if low in _LIBRARIES or text[end : end + 1] == "(":
        return True
    stem, ending = low.rsplit(".", 1)
    if len(ending) == 1:  # ".c", ".h", ".o", ".a": only with a stem of several letters and no blank-less sentence around it
        return len(stem) < 3 or "." in stem or not stem.replace("_", "").isalnum() or token.rsplit(".", 1)[1].isupper()
    if ending in {"one", "key", "old", "service", "browser", "master", "compiled", "log", "lock", "class", "go", "search"}:
        first = token.rsplit(".", 1)[0]
        return ending[:1].isupper() and not first.isupper() or (first in {"console", "math", "Math", "this", "self", "System"})
    if stem in {"e.g", "i.e", "a.k.a"}:
        return True
    last = token.rsplit(".", 1)[1]
    # "the end.Config": two sentences without a blank between them
    return (
        last[:1].isupper()
        and not last.isupper()
        and stem.isalpha()
        and token[:1].islower()
        and len(stem) < 12
        and ending in {"one", "config", "search", "temp", "bin"}
    )


_HASH_TYPES = {32: "file-md5", 40: "file-sha1", 64: "file-sha256", 128: "file-sha512"}
_EMPTY = frozenset(
    (
        "d41d8cd98f00b204e9800998ecf8427e",
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
    )
)
_NOT_A_FILE = re.compile(
    r"\b(?:commit|git|revision|changeset|tree|blob|thumbprint|serial(?: number)?|fingerprint|imphash|imp-?hash|"
    r"ja[34][a-z]?|jarm|hassh|guid|uuid|clsid|session|token|"
    r"nonce|etag|api[ _-]?key|secret|aes(?:[- ]?\d{3})?|(?:the|encryption|decryption|xor|rc4|aes|session) key|iv|"
    r"rich ?(?:pe )?header(?: hash)?|authentihash|"
    r"telfhash|icon hash|password hash|ntlm hash|nt hash|vhash|transaction(?: id)?|txid)\b[^\n]{0,14}\Z",
    re.IGNORECASE,
)


def find_hashes(text: str, anchors: Anchors) -> Iterator[Hit]:
    """MD5, SHA-1, SHA-256 and SHA-512 in lower case, told by their length. A longer run of hex digits holds none."""
    for start, end in anchors.long_words:
        type = _HASH_TYPES.get(end - start)
        if type is None or not _HEX.fullmatch(text, start, end):
            continue
        before, following = text[start - 1 : start], text[end : end + 1]
        if before.isalnum() or following.isalnum() or before in {"_", "%"} or following == "_":
            continue
        if (before == "-" and text[start - 2 : start - 1].isalnum()) or (
            following == "-" and text[end + 1 : end + 2].isalnum()
        ):
            continue
        value = text[start:end].lower()
        note = ""
        if value in _EMPTY:
            note = "hash of empty input"
        elif len(set(value)) < 4:
            note = "placeholder, not a hash"
        elif (named := _NOT_A_FILE.search(text, max(0, start - 40), start)) is not None:
            note = f"not a file's hash ({' '.join(named[0].split()[:2]).rstrip(':=').lower()})"
        elif value.isdigit() and type == "file-md5":
            note = "a number, not a hash"
        yield Hit(start, end, type, value, note)


_HEX = re.compile(r"[0-9a-fA-F]+")
_SSDEEP = re.compile(r"(\d{1,10}):([A-Za-z0-9/+]{3,64}):([A-Za-z0-9/+]{2,64})(?![A-Za-z0-9/+:])")
_SSDEEP_BLOCKS = frozenset(3 * 2**n for n in range(31))


def find_ssdeep(text: str, anchors: Anchors) -> Iterator[Hit]:
    """ssdeep hashes: a block size of 3 times a power of two, and two chunks that are not clock times."""
    for colon in anchors.colons:
        head = text[max(0, colon - 11) : colon]
        start = colon - len(head) + len(head.rstrip("0123456789"))
        before = text[start - 1 : start]
        match = (
            _SSDEEP.match(text, start) if start < colon and not (before.isalnum() or before in {"_", ":", "/", "+"}) else None
        )
        if match is None or int(match[1]) not in _SSDEEP_BLOCKS or len(match[2]) + len(match[3]) < 12:
            continue
        if not any(c.isalpha() for c in match[2]) or (match[2].islower() and match[3].islower()):
            continue
        yield Hit(match.start(), match.end(), "ssdeep", match[0])


_DRIVE = re.compile(
    r"(?:[A-Za-z]:|%[A-Za-z][A-Za-z0-9_()]{1,30}%|\\\\[?.]\\[A-Za-z]:|\\\\[A-Za-z0-9_$][A-Za-z0-9_.$-]{0,62}|"
    r"\$env:[A-Za-z]{2,20}|\[[A-Z][A-Za-z ]{2,20}\]|CSIDL_[A-Z_]{3,30})"
    r"\\{1,2}((?:[^\\/:*?\"<>|\r\n\t,;%“”‘’]{1,80}\\{1,2}){0,20})([^\\/:*?\"<>|\s,;“”‘’]{0,128})"
)
_SPACED_NAME = re.compile(
    r"(?: [^\\/:*?\"<>|\s.,;]{1,30}){0,4}\.(?:exe|dll|bat|cmd|vbs|ps1|lnk|docx?|xlsx?|pdf|zip|rar|txt|js|hta|scr|dat|log|"
    r"aspx|png|jpg)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"\.[A-Za-z0-9]{1,5}$")
# A file name that ends within what looks like a folder: `C:\a.exe and registers HKLM\...`
_FILE_INSIDE = re.compile(
    r"\.(?:exe|dll|sys|bat|cmd|ps1|vbs|vbe|js|hta|lnk|scr|ocx|aspx?|ashx|php|jsp|txt|log|dat|bin|tmp|zip|rar|7z|docx?|xlsx?|pdf|xml|ini|cab|msi)(?=[\s)])",
    re.I,
)
_KEY_ENDS = re.compile(r"\s(?:and|or|to|in|with|which|as|then)\s(?:[\w ]{0,30}\s)?(?=HK|%|[A-Za-z]:\\)")
_UNIX = re.compile(
    r"(?:~|\$HOME)?/(?:etc|tmp|var|usr|home|root|opt|dev|bin|sbin|Library|Users|private|System|Applications|Volumes|proc|lib|lib64|data|"
    r"sdcard|mnt|srv|run|boot|media|sys|\.[a-z]{2,20})(?:/[\w.+@%~{}\[\]$-]{1,128}){1,20}/?"
    r"|(?:~|\$HOME)/[\w.+@%-]{1,128}(?:/[\w.+@%-]{1,128}){0,20}"
)
_WEB_PATH = re.compile(
    r"/(?:[\w.+@%~-]{1,64}/){0,10}[\w.+@%~-]{1,64}\.(?:aspx|ashx|asmx|asp|php|jspx?|cgi|cfm|do|axd|svc|js|css|png|flt)\b(?![\w/])"
)


def find_paths(text: str, anchors: Anchors) -> Iterator[Hit]:
    """File paths of Windows (drive, variable, share) and of Unix, and paths of pages on a server. As written."""
    if "\\" in text:
        yield from _windows(text)
    done = 0
    for at in anchors.slashes:
        if at < done:
            continue
        match = _UNIX.match(text, at)
        if match is not None:
            end = _rstrip(text, at, match.end())
            if end - at > 5:
                yield Hit(at, end, "file-path", text[at:end])
                done = end
        elif (match := _WEB_PATH.match(text, at)) is not None:
            yield Hit(at, match.end(), "file-path", match[0])
            done = match.end()


def _rstrip(text: str, start: int, end: int) -> int:
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
            end = max(end, _quoted_end(text, start, opener, end))
        elif not _ENDING.search(text, match.start(2), end) and (more := _SPACED_NAME.match(text, end)) is not None:
            end = more.end()
        elif (folder := _SPACED_FOLDER.match(text, end)) is not None:
            end = folder.end()
        end = _rstrip(text, start, end)
        if end > start + 3 and not text.startswith("\\\\", start) or (match[1] or match[2]) and end > start + 5:
            yield Hit(start, end, "file-path", _single(text[start:end]))
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


def _single(path: str) -> str:
    """The path with single backslashes, for text that is escaped as in source code; a share keeps its first two."""
    head, rest = (path[:2], path[2:]) if path.startswith("\\\\") else ("", path)
    return head + rest.replace("\\\\", "\\")


def _quoted_end(text: str, start: int, opener: str, least: int) -> int:
    """The end of a path between quotes, blanks included, if the closing quote stands on the same line within 260 characters."""
    closer = "”" if opener == "“" else opener
    close = text.find(closer, least, start + 260)
    if close < 0 or any(c in text[least:close] for c in "\n\t<>|*?,;"):
        return least
    return close


_HIVES = {
    "HKLM": "HKEY_LOCAL_MACHINE",
    "HKCU": "HKEY_CURRENT_USER",
    "HKU": "HKEY_USERS",
    "HKCR": "HKEY_CLASSES_ROOT",
    "HKCC": "HKEY_CURRENT_CONFIG",
}
_KEY = re.compile(
    r"(HKLM|HKCU|HKU|HKCR|HKCC|HKEY_(?:LOCAL_MACHINE|CURRENT_USER|USERS|CLASSES_ROOT|CURRENT_CONFIG))"
    r":?\\{1,2}((?:[^\\/\"<>|\r\n\t,;:“”‘’]{1,80}\\{1,2}){0,20})([^\\/\"<>|\s,;:=“”‘’]{1,128})"
)
_KEY_SPACED = re.compile(
    r"(?: (?:NT|Files|Folders|Shell|Options|Execution|File|Providers|Startup|User|Control|Panel|Components|Defender|"
    r"Manager|Packages|Page|Settings|Load|Extensions|Object|Objects|Helper)\b)+(?:\\{1,2}(?:[^\\/\"<>|\r\n\t,;:“”‘’]{1,80}\\{1,2}){0,20}[^\\/\"<>|\s,;:=“”‘’]{1,128})?"
)


def find_keys(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Registry keys and values, the hive written out in full."""
    for at in anchors.literals("HK"):
        match = _KEY.match(text, at) if not (text[at - 1 : at].isalnum() or text[at - 1 : at] == "_") else None
        if match is None:
            continue
        start, end = match.span()
        opener = text[start - 1] if start else ""
        if opener and opener in "\"'`“":
            end = max(end, _quoted_end(text, start, opener, end))
        elif (more := _KEY_SPACED.match(text, end)) is not None:
            end = more.end()
        end = _rstrip(text, start, end)
        cut = _KEY_ENDS.search(text, start, end)
        if cut is not None:
            end = cut.start()
        hive = match[1]
        rest = text[match.end(1) : end].lstrip(":").replace("\\\\", "\\")
        yield Hit(start, end, "windows-registry-key", _HIVES.get(hive, hive) + rest)


_MUTEX_CUE = re.compile(
    r"(?:[Mm]utexe?s?|[Mm]utants?|MUTEX(?:ES)?|Mutex[AW])\b(?:[ \t]+(?:object|name|named|called|value|is|with|the|of|a|"
    r"creates?d?|as|string|it)){0,5}"
    r"[ \t]*[:=(]?[ \t]*(?:\w{4,5},[ \t]*\w{4,5},[ \t]*)?(?:[\"'`“‘]([^\"'`”’\n]{3,128})[\"'`”’]|((?:Global|"
    r"Local)\\{1,2}[^\s\"'`,;<>]{2,128})|([A-Za-z0-9_{][\w{}.!@#$%&+~-]{4,127}))"
)
_MUTEX_NAMESPACE = re.compile(r"(?:Global|Local|BaseNamedObjects)\\{1,2}([^\s\"'`,;<>\\|]{2,128})")


def find_mutexes(text: str, anchors: Anchors) -> Iterator[Hit]:
    """Names of mutexes: in quotes or odd-looking after the word, or in a kernel namespace (`Global\\...`)."""
    done = 0
    for at in anchors.literals("utex", "UTEX", "utant"):
        match = _MUTEX_CUE.match(text, at - 1) if at > done else None
        lead = text[max(0, at - 7) : at - 1]
        if match is None or (lead[-1:].isalnum() and not lead.endswith(("Create", "Open"))):
            continue
        group = next(i for i in (1, 2, 3) if match[i])
        value = match[group] if group == 1 else match[group].rstrip(".,;:")
        if group == 3 and value.replace("-", "").isalpha() and (value.islower() or value.istitle()):
            continue
        start = match.start(group)
        done = start + len(value)
        yield Hit(start, done, "mutex", value)
    for at in anchors.literals("Global\\", "Local\\", "BaseNamedObjects\\"):
        match = (
            _MUTEX_NAMESPACE.match(text, at) if not (text[at - 1 : at].isalnum() or text[at - 1 : at] in {"\\", "_"}) else None
        )
        if match is not None:
            end = _rstrip(text, at, match.end())
            yield Hit(at, end, "mutex", _single(text[at:end]))


_AGENT = re.compile(
    r"[Uu](?:ser|SER)[- _]?[Aa](?:gent|GENT)s?(?:[ -]?(?:string|header|field|value|HTTP))?(?:[ \t]+(?:is|was|of|set to|"
    r"string|as|used|:))*[ \t]*[:=]?[ \t]*"
    r"(?:[\"'`“‘]([^\"`”\n]{3,400}?)[\"'`”’](?![A-Za-z])|(Mozilla/\d\.\d [^\n\t\"<>|]{0,400})|"
    r"([A-Za-z][\w.-]{1,40}/v?\d[\w.-]{0,30}(?: \([^()\n]{1,120}\))?))"
)
_HEADER_AFTER = re.compile(r"\s(?:Host|Accept|Connection|Cookie|Referer|Content-Type|Cache-Control|Pragma)\s?:")
_MOZILLA = re.compile(
    r"Mozilla/\d\.\d \([^()\n\"<>|]{3,200}\)(?:[ ]?[A-Za-z]{2,20}/[\w.+-]{1,40}(?: \([^()\n\"<>|]{1,80}\))?){0,10}(?: "
    r"like Gecko)?"
)


def find_agents(text: str, anchors: Anchors) -> Iterator[Hit]:
    """User agent strings: whatever the words "user agent" introduce, and anything of the shape `Mozilla/5.0 (...)`."""
    for at in anchors.literals("gent", "GENT"):
        match = (_AGENT.match(text, at - 5) if at >= 5 else None) or (_AGENT.match(text, at - 6) if at >= 6 else None)
        if match is not None:
            group = next(i for i in (1, 2, 3) if match[i])
            start, end = match.span(group)
            if match[group].startswith(("<", "[", "%")):
                continue
            whole = _MOZILLA.match(text, start) if group == 2 else None
            if whole is not None:
                yield Hit(start, whole.end(), "user-agent", whole[0])
                continue
            end = start + len(_HEADER_AFTER.split(match[group], maxsplit=1)[0].rstrip(" ,;'"))
            if match[group].endswith(".") and group > 1:
                end -= 1
            yield Hit(start, end, "user-agent", text[start:end])
    at = text.find("Mozilla/")
    while at >= 0:
        agent = _MOZILLA.match(text, at)
        if agent is not None:
            yield Hit(at, agent.end(), "user-agent", agent[0])
        at = text.find("Mozilla/", at + 8 if agent is None else agent.end())
