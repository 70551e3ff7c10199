"""Everything that a dot between two letters can be: addresses, host names, URLs without a scheme, file names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from msgspec.structs import replace

from indicia.read.indicators.addresses import CIDR, IPV4, PORT, address4_note
from indicia.read.indicators.anchors import Anchors
from indicia.read.indicators.filenames import FILE_ENDINGS, HOST_LIKE_ENDINGS, is_program_name
from indicia.read.indicators.hit import Hit, Taken
from indicia.read.indicators.hosts import HOST, name_note, valid_host
from indicia.read.indicators.urls import PATH, trim

# Whether four numbers with dots between them are a version number and no address.
_WORDS_BEFORE = (
    "version", "versions", "ver", "ver.", "v", "v.", "release", "build", "firmware", "patch", "patched", "patch to",
    "patched to", "update", "updated", "update to", "updated to", "upgrade", "upgraded", "upgrade to", "upgraded to",
    "earlier than", "older than", "newer than", "fixed in", "section", "chapter", "clause", "paragraph", "figure", "table",
    "appendix", "req", "reqs", "requirement", "requirements", "control", "item", "step", "rfc", "oid", "sig",
    "file version", "fileversion", "product version", "productversion", "assembly version", "assemblyversion",
)  # fmt: skip
_ENDINGS = (*_WORDS_BEFORE, "version_", "version-")  # of what a version stands after, in lower case
_BETWEEN = "".join(chr(code) for code in range(0x3001) if chr(code).isspace()) + ":=#\"'“"
_VERSION_BEFORE = re.compile(
    rf"(?:\b(?:{'|'.join(map(re.escape, _WORDS_BEFORE))})[\s:=#\"'“]{{0,5}}|(?:\b[Vv]|\bversion[\s_-]))$", re.IGNORECASE
)
_PRODUCTS = (
    "OpenSSL", "Exchange", "Chrome", "Firefox", "Java", "Windows", "Office", "Server", "Orion", "Serv-U", "Confluence",
    "Pulse", "Linux", "kernel", "OS",
)  # fmt: skip
_PRODUCT_BEFORE = re.compile(rf"\b(?:{'|'.join(_PRODUCTS[:-1])}|PAN-OS|macOS|iOS|[A-Z][A-Za-z]*OS)\s\Z")
_SLASHED_BEFORE = re.compile(r"\b[A-Z][A-Za-z+#]{1,30}(?: [A-Z][A-Za-z]{1,20})?/\Z")
_VERSION_AFTER = re.compile(
    r"\s?(?:(?:in|of) the (?:manual|document|contract|standard|report|specification|handbook|annex|appendix)|(?:and|"
    r"or) (?:earlier|later|older|newer|below|prior|above)|\(?(?:x64|x86|amd64)\b|through \d)",
    re.IGNORECASE,
)
# "versions 7.2.1, 7.2.3 and ..."; with "firmware" and the like the words between have to be numbers themselves.
_VERSION_LIST = re.compile(
    r"\b(?:versions?|builds?|releases?)\b(?:[^.!?;\n]|\.(?=\d)){0,60}$"
    r"|\b(?:firmware|upgraded? to|updated? to|fixed in|patched in|affects?)\s(?:v?\d[\w.]*(?:,| and| or|, and|,? to|"
    r" through| –)\s?){1,8}$",
    re.IGNORECASE,
)
_LISTED = re.compile("version|build|release|firmware|upgrade|update|fixed in|patched in|affect")  # one is in any such list


# "AnyDesk 7.1.13.0", "Exhibit 4.1.2.7", "WARBLER 1.3.0.4": small numbers after the name of a product or a part of a paper.
_NAMED = re.compile(
    r"(?<![\w.])(?!(?:IP|IPs|IPv4|Address(?:es)?|Hosts?|Servers?|From|To|At|On|Via|By|Block|C2s?|CnC|DNS|NS|Node|Proxy|"
    r"VPN|Relay|"
    r"Gateway|Target|Source|Src|Destination|Dst|Range|Subnet|Network|Tor|SSH|RDP|FTP|SMB|HTTP|HTTPS|TCP|UDP|The|And|Or|"
    r"Also|Is|In|"
    r"Through|Against|Of|Add|Remote|Local|Client|Peer|Ping|Connect|Resolve[sd]?|Attacker|Scanner|Sinkhole|Resolver|Exit)\b)"
    r"(?:[A-Z][A-Za-z+#-]{2,30})[ \n]\Z"
)
_COMPARED = re.compile(
    r"(?i)\b(?:before|after|runs?|running|prior to|until|up to|since|pack|installs?(?:ed|ing)?|upgrad\w+(?: to)?|"
    r"updat\w+(?: to)?|"
    r"downgrad\w+(?: to)?|older than|newer than|below|fixed in) \(?\Z"
)
_SMALL = 64


def is_small(number: str) -> bool:
    """Whether all four parts are as small as a version's mostly are, and an address's hardly ever."""
    parts = [int(part) for part in number.split(".")]
    return parts[0] < _SMALL // 2 and max(parts) < _SMALL


_REACH = 80  # characters before a number within which something makes it a version


def is_version(text: str, start: int, end: int) -> bool:
    """Whether what stands around [start, end) makes it a version number, a section, a table."""
    before = text[start - 1] if start else ""
    if is_small(text[start:end]) and (
        text[start:end].endswith(".0")
        or _COMPARED.search(text, max(0, start - 40), start)
        or (before in {" ", "\n"} and _NAMED.search(text, max(0, start - 40), start))
    ):
        return True
    lead = text[max(0, start - _REACH) : start]
    low = lead.lower()
    return bool(
        (low.rstrip(_BETWEEN).endswith(_ENDINGS) and _VERSION_BEFORE.search(lead[-40:]))
        or _VERSION_AFTER.match(text, end)
        or (_LISTED.search(low) and _VERSION_LIST.search(lead))
        or (before == " " and lead[:-1].endswith(_PRODUCTS) and _PRODUCT_BEFORE.search(lead))
        or (before == "/" and _SLASHED_BEFORE.search(lead))
    )


_SHARE = re.compile(r"@(?:ssl|\d{2,5})(?:@\d{2,5})?\\", re.IGNORECASE)  # after a host that shares a folder over the web
_LABEL_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


def find_dotted(text: str, anchors: Anchors, taken: Taken, hidden: Collection[int] = ()) -> Iterator[Hit]:
    """IPv4 addresses, host names, URLs without a scheme and file names: everything that a dot between two letters can be.
    `hidden` are the places of dots that the author disguised."""
    done = 0
    for at in anchors.dots:
        if at < done:
            continue
        held = taken.holds(at)
        if held >= 0:
            done = held
            continue
        window = text[max(done, at - 80) : at]
        left = at - len(window) + len(window.rstrip(_LABEL_CHARACTERS))
        while left > done and at - left < 80 and (text[left - 1].isalnum() or text[left - 1] in "-_"):  # letters beyond ASCII
            left -= 1
        if left == at:
            continue
        match = HOST.match(text, left)
        if match is None:
            done = at + 1
            continue
        token, end = match[0], match.end()
        done = end
        yield from _dotted(text, left, end, token, hidden)


def _dotted(text: str, start: int, end: int, token: str, hidden: Collection[int]) -> Iterator[Hit]:
    before = text[start - 1] if start else " "
    if token[-1] in "-_":
        token = token.rstrip("-_")
        end = start + len(token)
    last = token.rsplit(".", 1)[-1]
    if "-" in token and last[-1].isdigit() and (among := _RANGE.fullmatch(token)) is not None:
        yield Hit(start, start + among.end(1), "ipv4-addr", among[1], address4_note(among[1]))
        if "." in among[2]:
            yield Hit(start + among.start(2), end, "ipv4-addr", among[2], address4_note(among[2]))
        return
    if last.isdigit():
        if token[0] == "-" and not before.isalnum():  # the mark of a list without a blank
            token = token.lstrip("-")
            start = end - len(token)
            before = "-"
        yield from _ipv4(text, start, end, token, before)
        return
    low = token.lower()
    ending = low.rsplit(".", 1)[-1]
    if before == "\\" and _SHARE.match(text, end) and valid_host(low):
        yield Hit(start, end, "domain-name", low, name_note(low))
        return
    if before in "\\$" or (before == "." and text[start - 2 : start - 1].strip(" \t\n*(\"'`,;|")):
        return
    disguised = hidden and start + low.rfind(".") in hidden and valid_host(low.lstrip("-_"))
    if disguised:
        start += len(token) - len(token.lstrip("-_"))
        low = low.lstrip("-_")
        yield from _with_path(text, start, end, low, Hit(start, end, "domain-name", low, name_note(low)))
        return
    if ending in FILE_ENDINGS and not (ending in HOST_LIKE_ENDINGS and _is_host_here(text, start, end, low, before)):
        if before == "/" or is_program_name(token, text, start, end):
            return
        if _is_package(low, ending):
            if _CALLED_PACKAGE.search(text, max(0, start - 40), start):
                yield Hit(start, end, "android-package", token)
            return
        if before == "." and text[start - 2 : start - 1] != "*":  # a hidden file
            start, token = start - 1, "." + token
        if low[: -len(ending)].replace(".", "").isdigit() and (named := _NAMED_SETUP.search(text, max(0, start - 60), start)):
            start, token = named.start(), text[named.start() : end]
        yield Hit(start, end, "file-name", token)
        return
    start += len(token) - len(token.lstrip("-_"))
    token = token.lstrip("-_")
    low = token.lower()
    if before == "/" and text[start - 2 : start - 1].isalnum():
        return
    if low.count(".") > 1 and low.split(".", 1)[0] in _REVERSED and len(ending) > 3 and ending not in _OPEN_TLDS:
        if _CALLED_PACKAGE.search(text, max(0, start - 40), start):
            yield Hit(start, end, "android-package", token)
        return  # a package: com.bank.mobile
    if not valid_host(low) and len(ending) < 6 and _CALLED_FILE.search(text, max(0, start - 50), start):
        yield Hit(start, end, "file-name", token)
        return
    if not valid_host(low) or not _reads_as_host(text, start, end, token, before):
        return
    yield from _with_path(text, start, end, low, Hit(start, end, "domain-name", low, name_note(low)))


def _with_path(text: str, start: int, end: int, low: str, host: Hit) -> Iterator[Hit]:
    """A host followed by `/path` is a URL without a scheme, and a host within it."""
    port = PORT.match(text, end)
    after = port.end() if port is not None and 0 < int(port[1]) < 65536 else end
    path = PATH.match(text, after)
    if path is not None and text.startswith("/Contents", after) and low.endswith(".app"):
        return  # a macOS bundle
    if path is not None:
        close = trim(text, after + 1, path.end())
        if close > after + 1 and not CIDR.match(text, after):
            yield Hit(start, close, "url", low + text[end:close], host.note)
            yield replace(host, within="url")
            return
    yield replace(host, end=after)


def _is_host_here(text: str, start: int, end: int, low: str, before: str) -> bool:
    """Whether a name whose ending is both a file ending and a top-level domain (`run.sh`, `archive.zip`) is a host here."""
    labels = low.split(".")
    if labels[-1] == "pl" and before != "/" and not _SCRIPT_BEFORE.search(text, max(0, start - 40), start):
        return len(labels) > 2 or not any(c.isdigit() or c == "_" for c in labels[0])
    return len(labels) > 2 and labels[0] in _HOST_FIRST or (text[end : end + 1] == "/" and len(labels) > 1)


def _is_package(low: str, ending: str) -> bool:
    """Whether the name is that of a package or a class, by a reversed domain: `com.android.system.svc`."""
    return low.count(".") > 1 and ending not in _PACKAGED and low.split(".", 1)[0] in _REVERSED


_CALLED_FILE = re.compile(
    r"(?i)\b(?:files?|archives?|projects?|documents?|binar(?:y|ies)|executables?|librar(?:y|ies)|samples?|payloads?|droppers?|"
    r"installers?|implants?|loaders?)\s(?:is |was |were )?(?:named|called|saved as|stored as|written as|"
    r"renamed to)[\s\"'`“(:]{1,3}\Z"
)
_CALLED_PACKAGE = re.compile(r"(?i)\bpackage(?:[ _-]?(?:name|id)s?(?: is| was|=|:)?|=|:)[\s\"'`(]{1,3}\Z")
_HOST_FIRST = frozenset(("www", "docs", "api", "blog", "get", "app", "cdn", "static", "mail", "news", "info", "support", "my"))
_SCRIPT_BEFORE = re.compile(
    r"(?i)\b(?:perl|scripts?|files?|runs?|ran|named|called|upload\w*|drop\w*|execut\w*|shell|backdoor|bot|tool|via|"
    r"\./)(?: the)?"
    r"[\s\"'`“(:]{1,3}\Z"
)
_REVERSED = frozenset(("com", "org", "net", "io", "android", "androidx", "java", "javax", "kotlin", "air", "de", "cn", "ru"))
_OPEN_TLDS = frozenset(
    ("info", "online", "site", "shop", "store", "club", "live", "cloud", "example", "test", "invalid", "onion", "name", "tech",
     "world", "space", "link", "host", "press", "icu", "work", "today", "agency", "email", "support", "services", "website")
)  # fmt: skip
_PACKAGED = frozenset(
    ("plist", "apk", "jar", "so", "dex", "exe", "dll", "zip", "xml", "json", "log", "sh", "py", "ipa", "dmg", "pkg", "txt",
     "html", "php", "js", "pdf", "doc", "docx", "tar", "gz", "rar", "dat")
)  # fmt: skip
_MASKED = re.compile(r"(?i)\d{1,3}\.[\dx*]{1,3}\.[\dx*]{1,3}\.[x*]{1,3}")  # "198.51.100.xxx"
# "198.51.100.7-198.51.100.9", "198.51.100.7-9"
_RANGE = re.compile(rf"({IPV4.pattern})-({IPV4.pattern}|\d{{1,3}})")
_NAMED_SETUP = re.compile(r"(?<![.!?] )\b[A-Z][\w-]{1,30} (?:[A-Z][\w-]{1,30} ){0,2}\Z")  # before "2.4.1.exe"
_CODE_WORDS = ("import", "namespace", "package", "require", "include")
_CODE_BEFORE = re.compile(rf"(?:\b(?:{'|'.join(_CODE_WORDS)})\s|->|::|\w\[)\Z")
_OBJECTS = frozenset(
    (
        "system", "self", "this", "os", "sys", "document", "window", "console", "math", "object", "string", "array",
        "json", "request", "response",
        "session", "app", "server", "client", "net", "io", "file", "path", "process", "thread", "socket", "http", "urllib",
        "subprocess", "java",
        "javax", "android", "module", "exports", "event", "node", "element", "user", "username", "password", "config",
        "data", "item", "obj", "args", "e",
        "i", "a", "p", "u", "asp", "vb", "ado", "winapi", "kernel32", "ntdll", "wscript", "activexobject", "microsoft",
        "objshell", "wmi", "powershell",
    )
)  # fmt: skip


def _reads_as_host(text: str, start: int, end: int, token: str, before: str) -> bool:
    """Whether a dotted word that could be a host is not rather code, an abbreviation or two sentences without a blank."""
    labels = token.split(".")
    if len(labels) == 4 and _MASKED.fullmatch(token):
        return False
    after = text[end : end + 1]
    if after == "(" or before in "$%&" or (after == "=" and before not in "/") or text[end : end + 2] == "::":
        return False
    if len(labels) == 2:
        first, last = labels
        if last[:1].isupper() and not last.isupper():  # "System.Net", "server.It"
            return False
        if first.lower() in _OBJECTS and not first.islower():
            return False
        if len(first) == 1 and len(last) == 2:  # "a.m", "i.e"
            return False
        if (
            first.isdigit()
            and len(last) <= 3
            and last in {"am", "pm", "st", "nd", "rd", "th", "mm", "cm", "kg", "ms", "mb", "gb", "bn"}
        ):
            return False
        if first in _CODE_OBJECTS and last in _CODE_MEMBERS:  # "host.id", "log.info"
            return False
        if first.lower() in _OBJECTS and last in {
            "name",
            "id",
            "is",
            "in",
            "to",
            "host",
            "date",
            "net",
            "call",
            "link",
            "open",
            "select",
            "click",
            "app",
            "my",
            "media",
            "space",
            "info",
            "one",
            "domains",
            "tools",
            "diagnostics",
            "io",
        }:
            return False
    elif (
        all(len(label) == 1 for label in labels)
        or all(label.isdigit() for label in labels[:-1])
        or labels[0] in _CODE_OBJECTS
        and (labels[0] in {"self", "this", "os", "sys"} or labels[-1] in _CODE_MEMBERS)
    ):  # "U.S.A", "1.2.kg"
        return False
    elif labels[0].lower() in {"java", "javax", "android", "system", "microsoft"} or any(
        label[:1].isupper() and not label.isupper() for label in labels[1:]
    ):
        return _mostly_lower(token)
    lead = text[max(0, start - 12) : start]
    return not ((lead[:-1].endswith(_CODE_WORDS) or lead.endswith(("->", "::", "["))) and _CODE_BEFORE.search(lead))


_CODE_OBJECTS = frozenset(
    (
        "self", "this", "os", "sys", "request", "response", "document", "window", "console", "session", "event", "options",
        "args", "host", "user", "process", "agent", "log", "logger", "logging", "dns", "winlog", "registry", "cloud",
        "container", "source", "destination", "network", "file", "parent", "observer", "orchestrator", "threat", "rule",
    )
)  # fmt: skip
_CODE_MEMBERS = frozenset(
    (
        "ip",
        "name",
        "id",
        "host",
        "date",
        "link",
        "open",
        "select",
        "click",
        "media",
        "space",
        "info",
        "tools",
        "style",
        "live",
        "report",
        "domains",
    )
)


def _mostly_lower(token: str) -> bool:
    return sum(1 for c in token if c.isupper()) <= 1 and not token.lower().startswith(
        ("java.", "javax.", "android.", "system.", "microsoft.")
    )


def _ipv4(text: str, start: int, end: int, token: str, before: str) -> Iterator[Hit]:
    """An address of exactly four numbers. `token` may run on ("198.51.100.7.exe" does not come here, it ends in letters)."""
    if not IPV4.fullmatch(token) or before == "." or text[end : end + 2].startswith(("._", ".-")):
        return
    if (
        before in "-_"
        and text[start - 2 : start - 1].isalnum()
        or text[end : end + 1] in {"-", "_"}
        and text[end + 1 : end + 2].isalpha()
    ):
        return
    note = address4_note(token)
    value, finish = token, end
    cidr = CIDR.match(text, end)
    if cidr is not None:
        value, finish = f"{token}/{cidr[1]}", cidr.end()
    else:
        port = PORT.match(text, end)
        if port is not None and 0 < int(port[1]) < 65536:
            finish = port.end()
        path = PATH.match(text, finish)
        if path is not None and path[0][1:2].isalpha() and before != "/":
            close = trim(text, finish + 1, path.end())
            if close > finish + 1:
                yield Hit(start, close, "url", token + text[end:close], note)
                yield Hit(start, end, "ipv4-addr", token, note, "url")
                return
    if (not note or note.startswith("documentation")) and is_version(text, start, end):
        note = "version number"
    if before == "/" and note != "version number" and text[start - 2 : start - 1].isalnum():
        return
    yield Hit(start, finish, "ipv4-addr", value, note)
