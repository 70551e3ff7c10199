"""Reports in which others marked the names of groups and malware, read from clones of their public repositories.

Nothing of them lies here: `SOURCES` points to repositories and commits (clones as in evals/reports.py). The part that may be
looked at (`development`) is always another than the part of which only totals are counted (`measured`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

from evals.reports import Clone, Source

__all__ = ["SOURCES", "Report", "read_rows", "reports_of"]

SOURCES = (
    Source("AnnoCTR", "boschresearch/anno-ctr-lrec-coling-2024", "d510b6949e1938d47c93a43eedd562dc538439dc", (), ""),
    Source("APTNER", "wangxuren/APTNER", "b730e6deccd583abdaab1ab75a06391533e14ada", (), ""),
    Source("CyNER", "aiforsec/CyNER", "37aff53bd7235605638320e0c06de2fb82847070", (), ""),
)
Spans = set[tuple[int, int]]
Placed = tuple[str, list[tuple[str, int, int]]]  # a sentence and (label, start, end) in it
_LABELS = {"GROUP": "GROUP", "MALWARE": "MALWARE", "APT": "GROUP", "MAL": "MALWARE", "Malware": "MALWARE"}
_STRETCH = 40  # sentences of a set that does not say where a report ends
# CyNER's reports stand in a row. Most open with a headline and a date, run together with their first words.
_OPENING = re.compile(r"\s(?:\d{1,2} (?:[A-Z]{3}|[A-Z][a-z]{2,8}) 20\d\d|[A-Z][a-z]{2,8} \d{1,2}, 20\d\d)\s(?:- \d\d?:|[A-Z])")
_CLOSES, _OPENS = frozenset(".,;:!?)]}’'”"), frozenset("([{“$#")


class Report(NamedTuple):
    """A text and the spans of each label in it."""

    name: str
    text: str
    labels: dict[str, Spans]


def reports_of(source: Source, clone: Clone, part: str) -> list[Report]:
    """The reports of one part, `development` or `measured`."""
    return list({"AnnoCTR": _annoctr, "APTNER": _aptner, "CyNER": _cyner}[source.publisher](clone, part == "measured"))


def _annoctr(clone: Clone, measured: bool) -> Iterator[Report]:
    """Train and development parts are looked at; the extension, in which no group or malware is marked, is left out."""
    base = "AnnoCTR/all/"
    for line in (clone.read(base + "splits.tsv") or b"").decode().splitlines():
        name, _, part = line.partition("\t")
        wanted = {"test"} if measured else {"train", "dev"}
        paths = clone.paths(f"{base}ner_json/{name}.json")
        if part.strip() not in wanted or not paths:
            continue
        yield from read_rows((clone.read(paths[0]) or b"").decode())


def read_rows(lines: str) -> list[Report]:
    """The reports of AnnoCTR's own files, a sentence in each line."""
    reports: dict[str, list[Placed]] = {}
    for row in map(json.loads, lines.splitlines()):
        placed = _placed(row["text"], row["tokens"], row["ce_tags"])
        reports.setdefault(row["id"].rsplit("__s", 1)[0], []).append(placed)
    return [_joined(name, sentences) for name, sentences in reports.items()]


def _aptner(clone: Clone, measured: bool) -> Iterator[Report]:
    yield from _columns(clone, "APTNERtest.txt" if measured else "APTNERdev.txt")


def _cyner(clone: Clone, measured: bool) -> Iterator[Report]:
    yield from _columns(clone, f"dataset/mitre/{'test' if measured else 'valid'}.txt", dated=True)


def _columns(clone: Clone, path: str, *, dated: bool = False) -> Iterator[Report]:
    """A file of a token and its tag in each line, a blank line after each sentence; `dated`: reports open with a date."""
    sentences: list[list[tuple[str, str]]] = [[]]
    for line in (clone.read(path) or b"").decode("utf-8", "replace").splitlines():
        token, _, tag = line.strip().partition(" " if " " in line.strip() else "\t")
        if not token:
            sentences.append([])
        elif tag:
            sentences[-1].append((token, tag.strip()))
    sentences = [one for one in sentences if one]
    placed = [_spaced(one) for one in sentences]
    opening = [at for at, (text, _) in enumerate(placed) if _OPENING.search(text)] if dated else range(0, len(placed), _STRETCH)
    for at, end in pairwise(sorted({0, *opening, len(placed)})):
        yield _joined(f"{path}#{at}", placed[at:end])


def _spaced(tokens: Iterable[tuple[str, str]]) -> Placed:
    """The sentence as it may have been written, for sets that keep its tokens only."""
    text, places, tags = "", [], []
    for token, tag in tokens:
        if text and not (token[0] in _CLOSES and len(token) <= 2) and text[-1] not in _OPENS:
            text += " "
        places.append((len(text), len(text) + len(token)))
        tags.append(tag)
        text += token
    return text, _spans(places, tags)


def _placed(text: str, tokens: Iterable[str], tags: Iterable[str]) -> Placed:
    at, places = 0, []
    for token in tokens:
        at = text.find(token, at) if token else at
        places.append((at, at + len(token)))
        at += len(token)
    return text, _spans(places, list(tags))


def _spans(places: list[tuple[int, int]], tags: list[str]) -> list[tuple[str, int, int]]:
    """Tags say B(egin), I(nside), E(nd), S(ingle) before their label."""
    found: list[tuple[str, int, int]] = []
    label = ""
    for (start, end), tag in zip(places, tags, strict=True):
        where, _, named = tag.partition("-")
        if where in {"I", "E"} and label and named == label:
            found[-1] = (label, found[-1][1], end)
        elif where in {"B", "S", "I", "E"}:
            label = named
            found.append((label, start, end))
        else:
            label = ""
    return [(_LABELS[label], start, end) for label, start, end in found if label in _LABELS]


def _joined(name: str, sentences: Iterable[Placed]) -> Report:
    text = ""
    labels: dict[str, Spans] = {"GROUP": set(), "MALWARE": set()}
    for sentence, spans in sentences:
        for label, start, end in spans:
            labels[label].add((len(text) + start, len(text) + end))
        text += sentence + "\n"
    return Report(name, text, labels)
