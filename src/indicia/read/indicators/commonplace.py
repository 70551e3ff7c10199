"""Files that say nothing of an attack by themselves: parts of a system, common programs, what every source tree has."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources

from indicia.read.indicators.hit import Hit

_REASONS = {
    "system": "part of the system or a common program",
    "developer": "part of the system or a common program",
    "project": "what many projects have",
}
_UNIX_SYSTEM = re.compile(
    r"/(?:dev/(?:null|zero|u?random|tcp|udp|std(?:in|out|err)|tty)|proc/(?:net|sys|self|cpuinfo|meminfo|mounts|"
    r"version)(?:/.*)?|"
    r"etc/(?:passwd|shadow|hosts|group|sudoers|resolv\.conf|os-release|fstab|profile|crontab|rc\.local|environment|issue|"
    r"hostname|services|ssh/sshd?_config)|(?:usr/)?bin/(?:ba|da|z|k)?sh|"
    r"var/log/(?:secure|auth\.log|syslog|messages|[wb]tmp|lastlog|audit/audit\.log|cron|dmesg|kern\.log|maillog|"
    r"(?:nginx|apache2|httpd)/(?:access|error)[._]log)|"
    r"usr/bin/(?:env|python3?|perl|curl|wget|ssh|sudo)|(?:etc|tmp|home|root|opt|usr|var(?:/(?:log|tmp|www(?:/html)?|lib|run))?"
    r"|usr/(?:bin|lib|local(?:/bin)?)|etc/(?:init\.d|cron\.d|systemd/system))/?)\Z"
)
_HOME = re.compile(
    r"(?:~|\$HOME|/root|/home/[\w.-]+)/\.(?:bashrc|bash_profile|bash_history|zshrc|profile|npmrc|pypirc|netrc|gitconfig|"
    r"vimrc|pgpass|my\.cnf|git-credentials|ssh/(?:id_\w{2,10}|known_hosts|config)|aws/(?:credentials|config)|"
    r"docker/config\.json|kube/config|config/gcloud(?:/.*)?|azure(?:/.*)?|gnupg(?:/.*)?)\Z"
)
_SYSTEM_FOLDER = re.compile(r"(?i)(?:[a-z]:\\windows|%systemroot%|%windir%)\\(?:system32|syswow64|sysnative|explorer)")
# A folder of Windows without anything of one's own below it.
_ROOT_FOLDER = re.compile(
    r"(?i)(?:[a-z]:|%systemdrive%)\\(?:windows(?:\\(?:system32|syswow64|temp|tasks))?|program files(?: \(x86\))?|programdata|"
    r"users(?:\\public)?|temp|inetpub(?:\\wwwroot)?|perflogs)\\?\Z"
)
# What a browser or a mail program keeps of its user: stolen from, no trace by itself.
_PROFILE = re.compile(
    r"(?i)\\(?:Google\\Chrome|Chromium|Microsoft\\Edge|BraveSoftware\\Brave-Browser|Mozilla\\Firefox|Thunderbird|"
    r"Opera Software)\\(?:User Data|Profiles)\b"
)
_SCRIPT_LIBRARY = re.compile(
    r"(?:jquery|bootstrap|react(?:-dom)?|vue|angular|lodash|underscore|moment|d3|three|popper|modernizr|axios|web3|ethers)"
    r"(?:[.-]v?\d[\d.]*)?(?:\.(?:slim|bundle|prod(?:uction)?|umd))?(?:\.min)?\.(?:js|css)"
)
# What is read, written or configured rather than run: documents, data, sources, settings.
_DOCUMENTS = frozenset(
    ("csv", "tsv", "json", "jsonl", "yml", "yaml", "toml", "md", "rst", "lock", "log", "pcap", "pcapng", "evtx", "cfg", "conf",
     "ini", "txt", "pdf", "xml", "html", "htm", "css", "svg", "png", "jpg", "jpeg", "gif", "ico", "key", "pem", "crt", "pub",
     "properties", "py", "ts", "rs", "c", "h", "cpp", "cs", "go", "java", "kt", "rb", "lua", "bak", "mdb", "db", "sql",
     "sqlite", "yar", "yara", "rule", "rules", "service", "manifest", "config", "old")
)  # fmt: skip


# What an attacker does with a document, beside what `speaks_of_attack` knows.
USED = re.compile(
    r"\b(?:attach(?:ment|ed)|unpack\w*|extract\w*|contain\w*|archives?|lure|decoy|encrypt\w*|ransom\w*|note|left|"
    r"leaves?|open\w*|"
    r"execut\w*|launch\w*|inject\w*|run(?:s|ning)?|ran|saved?|stor(?:e[sd]?|ing)|plac(?:e[sd]?|ing)|add(?:s|ed)|replac\w+|"
    r"renam\w+|receiv\w+|files? of interest)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _known() -> dict[str, str]:
    lines = resources.files("indicia.read.indicators").joinpath("known_files.txt").read_text("utf-8").splitlines()
    rows = (line.split() for line in lines if line.strip() and not line.startswith("#"))
    return {name: _REASONS[role] for role, *names in rows for name in names}


def commonplace(hit: Hit) -> str:
    """Why a file or path is nobody's trace by its name alone, or an empty string. A known name in a folder that is not the
    system's may be a disguise and says nothing here."""
    value = hit.value
    if "/" in value and (_UNIX_SYSTEM.match(value) or _HOME.match(value)):
        return _REASONS["system"]
    if "\\" in value and (_PROFILE.search(value) or _ROOT_FOLDER.match(value)):
        return _REASONS["system"]
    name = value.replace("\\", "/").rsplit("/", 1)[-1].lower()
    if hit.type == "file-name":
        library = name.endswith((".js", ".css")) and _SCRIPT_LIBRARY.fullmatch(name) is not None
        return _known().get(name, "") or (_REASONS["project"] if library else "")
    return _REASONS["system"] if name in _known() and _SYSTEM_FOLDER.match(value) else ""


def is_document(hit: Hit) -> bool:
    """Whether a file is read or configured rather than run, so that only its context makes it a trace. A full path does, unless
    it is one of the reader's home."""
    stem, _, ending = hit.value.lower().rpartition(".")
    return (
        (hit.type == "file-name" or ending in {"log", "evtx"} or stem.startswith("~"))
        and ending in _DOCUMENTS
        and stem.rpartition(".")[2] not in _DOCUMENTS
    )
