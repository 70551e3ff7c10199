"""Indicators of real reports, by publisher: `INDICIA_REPORTS=FOLDER python -m evals.indicators_real [--errors] [--quick]`.

FOLDER holds clones of the repositories that evals/reports.py names. Hosts (of addresses, URLs and names), hashes and
mailboxes are compared, each once a report. Wanted is what the publisher disguises, its hashes in full, what its own
machine-readable lists beside the report hold, and, for publishers that do not disguise, what stands in a table's cell. Wrong
is the host of a plain `http(s)://` address that is none of those: references, pictures, the publisher's own pages. Anything
else (a name in passing, a bare name of a mail header) counts for nobody. Where a publisher keeps a whole list of its
indicators beside a report, every other host, hash or mailbox of the text is wrong. With INDICIA_PEERS set, peers run on the
same texts.
"""

from __future__ import annotations

import argparse
import csv
import ipaddress
import json
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from evals.indicators import PEERS, peer
from evals.reports import SOURCES, WHOLE_LISTS, Clone, Source, clone_of, clones_for, part_of
from indicia.read.fronts import open_source
from indicia.read.indicators import find_indicators
from indicia.read.indicators.hosts import valid_host
from indicia.records import Context, Document

Item = tuple[str, str]  # host | hash | mail, value

_HASH = re.compile(r"(?<![0-9a-zA-Z])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![0-9a-zA-Z])")
_DOT = r"(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)|\[\.|\.\]|\\\.)"
_LABEL = r"[\w-]{1,63}"
_ANY_DOT = rf"(?:\.|{_DOT})"
_DISGUISED = re.compile(rf"(?<![\w.-])({_LABEL}(?:{_ANY_DOT}{_LABEL})*{_DOT}{_LABEL}(?:{_ANY_DOT}{_LABEL})*)")
_DISGUISED_URL = re.compile(r"\bh(?:xx|tx|xt|\*\*)ps?(?::|\[:\])//?((?:[^\s/'\"<>|)\]\[]|\[\.\]|\[:\])+)", re.IGNORECASE)
_DISGUISED_MAIL = re.compile(rf"([\w.+-]+)(@|\[@\]|\[at\]|\(at\))({_LABEL}(?:{_ANY_DOT}{_LABEL})+)")
_URL = re.compile(r"\b(?:https?|ftp)://[^\s<>\"'`)|\]}]+", re.IGNORECASE)
_CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL | re.IGNORECASE)
_BARE = re.compile(r"(?<![\w./@-])((?:[\w-]{1,63}\.)+[A-Za-z]{2,18}|\d{1,3}(?:\.\d{1,3}){3})(?![\w-])")
_MAIL = re.compile(r"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,10}", re.IGNORECASE)
_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_FILES = frozenset(
    "exe dll txt php js doc docx xls xlsx pdf zip html htm lnk bat ps1 vbs py jpg png dat bin asp aspx jsp log tmp cmd hta rar "
    "7z sys dotm ini csv xlsb db sct a xlsm docm dotx cab msi iso img vhd virus xml json".split()
)


class Report(NamedTuple):
    source: Source
    path: str
    document: Document
    text: str  # as the publisher wrote it
    wanted: frozenset[Item]
    wrong: frozenset[Item]


def host_in(value: str) -> str:
    """The host of a URL, an address or a name, without its port."""
    rest = re.sub(r"^[a-z]+://", "", value.lower())
    head = rest.split("/", 1)[0].split("?", 1)[0].split("#", 1)[0].rsplit("@", 1)[-1]
    return re.sub(r":\d+\Z", "", head).strip(".")


def plain(text: str) -> str:
    return re.sub(_DOT, ".", text)


def is_host(name: str) -> bool:
    known = name.rsplit(".", 1)[-1] not in _FILES and (_IPV4.fullmatch(name) or valid_host(name))
    return bool(known)


def listed(clone: Clone, path: str) -> set[str]:
    """Values of the lists that lie beside a report: hashes, hosts of names and URLs."""
    values: set[str] = set()
    for other in clone.beside(path):
        low = other.rsplit("/", 1)[-1].lower()
        if not low.endswith((".json", ".csv", ".md5", ".sha1", ".sha256", "network.txt")) or "mitre" in low or "ttp" in low:
            continue
        text = (clone.read(other) or b"").decode("utf-8", "replace")
        values |= {match.lower() for match in _HASH.findall(text)}
        cells = re.findall(r"\"((?:[^\"\\]|\\.)*)\"", text) if low.endswith(".json") else text.split()
        if low.endswith(".csv"):
            cells = [cell for row in csv.reader(text.splitlines()) for cell in row]
        values |= {host_in(plain(cell.strip())) for cell in cells if "." in cell and not re.search(r"\s", cell.strip())}
    return values


_FEED = re.compile(r"^ioc_feed:\s*[\"']?/?(\S+?\.json)", re.MULTILINE)
_NOT_MEANT = re.compile(r"never|legit|benign|false|context|victim|reference|source|note|redirect", re.IGNORECASE)


def whole_list(clone: Clone, text: str) -> set[Item] | None:
    """What the list that a report's head names holds for blocking or hunting; None where there is none."""
    feed = _FEED.search(text)
    raw = clone.read(feed[1]) if feed is not None and clone.paths(feed[1]) else None
    if raw is None:
        return None
    items: set[Item] = set()

    def walk(node: object) -> None:
        if isinstance(node, dict):
            for key, below in node.items():
                if not _NOT_MEANT.search(key):
                    walk(below)
        elif isinstance(node, list):
            for below in node:
                walk(below)
        elif isinstance(node, str) and not re.search(r"\s", node):
            value = plain(node).lower()
            if _HASH.fullmatch(value):
                items.add(("hash", value))
            elif _MAIL.fullmatch(value):
                items.add(("mail", value))
            elif (
                "." in value
                and is_host(host := host_in(value))
                and not host.endswith((".sh", ".md"))
                and not (_IPV4.fullmatch(host) and _is_inner(host))
            ):
                items.add(("host", host))

    walk(json.loads(raw))
    return items


def _is_inner(address: str) -> bool:
    try:
        return not ipaddress.ip_address(address).is_global
    except ValueError:
        return True


def whole_answers(text: str, meant: set[Item]) -> tuple[set[Item], set[Item]]:
    """What is wanted of the text, and all else that it holds."""
    low = plain(text).lower()
    hosts = {plain(match[1]).lower().strip(".-_") for match in _DISGUISED.finditer(text)}
    hosts |= {host_in(plain(match[1])).strip(".,") for match in _DISGUISED_URL.finditer(text)}
    wanted: set[Item] = {("host", host) for host in hosts if is_host(host)}
    wanted |= {item for item in meant if re.search(rf"(?<![\w.-]){re.escape(item[1])}(?![\w-])", low)}
    there: set[Item] = {("host", match.lower()) for match in _BARE.findall(low) if is_host(match.lower())}
    there |= {("host", host_in(match)) for match in _URL.findall(low)}
    there |= {("hash", match) for match in _HASH.findall(low)} | {("mail", match) for match in _MAIL.findall(low)}
    return wanted, there - wanted


def answers(source: Source, text: str, beside: set[str]) -> tuple[set[Item], set[Item]]:
    """What is wanted of the text, and what is wrong."""
    hosts = {plain(match[1]).lower().strip(".-_") for match in _DISGUISED.finditer(text)}
    hosts |= {host_in(plain(match[1])).strip(".,") for match in _DISGUISED_URL.finditer(text)}
    low = plain(text).lower()
    named = {value for value in beside if "." in value and is_host(value)}
    hosts |= {value for value in named if re.search(rf"(?<![\w.-]){re.escape(value)}(?![\w-])", low)}
    hashes = {match.lower() for match in _HASH.findall(_URL.sub(" ", text))}
    if source.publisher == "StrangerealIntel":  # quotes sessions and keys as well
        hashes &= beside
    mails = {
        plain(f"{match[1]}@{match[3]}").lower()
        for match in _DISGUISED_MAIL.finditer(text)
        if match[2] != "@" or re.search(_DOT, match[0])
    }
    if source.publisher == "FBI/NSA/CISA":
        for cell in _CELL.findall(text):
            words = re.sub(r"<[^>]+>", " ", cell)
            mails |= {match.lower() for match in _MAIL.findall(words)}
            hosts |= {match.lower() for match in _BARE.findall(words) if not match.lower().endswith((".gov", ".mil"))}
    wanted: set[Item] = {("host", host) for host in hosts if is_host(host)}
    of_mail = {("host", mail.rsplit("@", 1)[1]) for mail in mails}
    wrong = {("host", host_in(match)) for match in _URL.findall(text)} - wanted - of_mail
    wanted = (wanted - of_mail) | {("hash", one) for one in hashes} | {("mail", mail) for mail in mails}
    return wanted, wrong


def opened_as(path: str, raw: bytes) -> Document | None:
    """The document that the front ends make of a file of that name."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path.rsplit("/", 1)[-1]
        file.write_bytes(raw)
        documents = open_source(file).documents
    return documents[0] if documents else None


def reports(folder: Path, part: str) -> Iterator[Report]:
    for source in SOURCES:
        clone = clone_of(folder, source)
        if clone is None:
            print(f"{source.publisher}: skipped (no clone of {source.repository} at {source.commit[:10]})")
            continue
        for path in clone.paths(*source.paths):
            raw = clone.read(path) if part_of(source, path) == part else None
            if raw is None or path.lower().endswith("/readme.md") and source.publisher == "StrangerealIntel":
                continue
            opened = opened_as(path, raw)
            if opened is None:
                continue
            text = raw.decode("utf-8", "replace")
            if source.publisher in WHOLE_LISTS:
                if (meant := whole_list(clone, text)) is not None:
                    wanted, wrong = whole_answers(opened.text, meant)
                    yield Report(source, path, opened, text, frozenset(wanted), frozenset(wrong))
                continue
            beside = set() if source.publisher in {"FBI/NSA/CISA", "Unit 42"} else listed(clone, path)
            if source.publisher == "StrangerealIntel" and not beside:
                continue
            wanted, wrong = answers(source, text, beside)
            yield Report(source, path, opened, text, frozenset(wanted), frozenset(wrong))


_HASHES = frozenset(("file-md5", "file-sha1", "file-sha256", "file-sha512"))
_HOSTS = frozenset(("domain-name", "ipv4-addr", "ipv6-addr", "url"))


def item_of(type: str, value: str) -> Item | None:
    if type in _HASHES:
        return "hash", value.lower()
    if type in _HOSTS:
        return "host", host_in(plain(value))
    return ("mail", value.lower()) if type == "email-addr" else None


def ours(document: Document) -> set[Item]:
    found = (
        item_of(m.type, m.value)
        for m in find_indicators(document)
        if m.context is Context.STATED and m.method in {"literal", "defanged", "within url"}
    )
    return {item for item in found if item is not None}


def scored(rows: list[Report], answered: list[set[Item]]) -> tuple[int, int, int]:
    """Right, wrong and missed."""
    pairs = list(zip(rows, answered, strict=True))
    return (
        sum(len(row.wanted & got) for row, got in pairs),
        sum(len(row.wrong & got) for row, got in pairs),
        sum(len(row.wanted - got) for row, got in pairs),
    )


def f1(right: int, wrong: int, missed: int) -> float:
    return 2 * right / max(1, 2 * right + wrong + missed)


def run(part: str, folder: Path, *, quick: bool, show: bool) -> str:
    rows: dict[str, list[Report]] = defaultdict(list)
    for report in reports(folder, part):
        rows[report.source.publisher].append(report)
    print(f"\n{part}\n{'publisher':18}{'reports':>8}{'wanted':>8}   {'precision, recall, F1; of peers F1':40}")
    summary = []
    for publisher, own in rows.items():
        begin = time.process_time()
        answered = [ours(report.document) for report in own]
        seconds = time.process_time() - begin
        right, wrong, missed = scored(own, answered)
        precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
        speed = sum(len(report.document.text) for report in own) / 1e6 / seconds
        line = f"{publisher:18}{len(own):8}{right + missed:8}   {precision:.3f} {recall:.3f} "
        line += f"{f1(right, wrong, missed):.3f} ({speed:.2f} MB/s)"
        for name in () if quick else PEERS:
            answer = peer(name, [report.text for report in own])
            if answer is None:
                continue
            theirs = [
                {item for item in (item_of(t, v) for t, v in found) if item is not None}
                for found in answer["found"]  # type: ignore[attr-defined]
            ]
            line += f"  {name} {f1(*scored(own, theirs)):.3f}"
        print(line)
        key = re.sub(r"\W+", "_", publisher.lower())
        summary.append(f"{key}_{part}={f1(right, wrong, missed):.3f}")
        if show and part == "development":
            for report, got in zip(own, answered, strict=True):
                for kind, items in (("missed", report.wanted - got), ("wrong", report.wrong & got)):
                    for item in sorted(items):
                        print(f"  {kind} {item[0]} {item[1]}  in {report.path}")
    return " ".join(summary)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="without the peers")
    parser.add_argument("--errors", action="store_true", help="show what was missed or wrong in reports that are developed on")
    options = parser.parse_args()
    folder = clones_for("indicators_real")
    if folder is None:
        return
    parts = [run(part, folder, quick=options.quick, show=options.errors) for part in ("development", "measured")]
    print("indicators_real: " + " ".join(filter(None, parts)))


if __name__ == "__main__":
    main()
