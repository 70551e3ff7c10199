"""What the reader of techniques learns from, and which fold each report belongs to."""

from __future__ import annotations

import gzip
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import yaml

from indicia.read.fronts import document_from_text
from indicia.read.techniques.contexts import passages

CORPORA = Path(__file__).resolve().parents[2] / "corpora"
FOLDS = 5


class Example(NamedTuple):
    """A text and the techniques that it describes. `group` is the report it comes from: folds never split one."""

    text: str
    labels: frozenset[str]
    group: str
    kind: str  # span | sentence | nothing | procedure | description | rule | quiet
    cites: tuple[str, ...] = ()


class Report(NamedTuple):
    """A marked report: its sentences in order with their techniques. `other` sentences show a technique that TRAM has no
    label for."""

    title: str
    url: str
    texts: tuple[str, ...]
    labels: tuple[frozenset[str], ...]
    other: tuple[bool, ...]
    gold: frozenset[str]


class Attack(NamedTuple):
    techniques: dict[str, str]  # id -> name
    revoked: dict[str, str]  # id -> successor
    examples: list[Example]
    references: dict[str, str]  # citation name -> URL and description


class Texts(NamedTuple):
    """Everything that is learned from. A fold is that of the text's report, -1 where every fold may learn from it."""

    attack: Attack
    reports: list[Report]
    sentences: list[Example]  # the sentence task
    examples: list[Example]  # all of the kinds above
    fold: np.ndarray  # of the examples
    folds: dict[str, int]  # report title -> fold
    marked: list[str]  # techniques that the reports' markers looked for
    rest: list[str]

    @property
    def labels(self) -> list[str]:
        """The labels of the sentence task."""
        return sorted({next(iter(s.labels)) for s in self.sentences})

    @property
    def fold_of_sentences(self) -> np.ndarray:
        return np.array([self.folds[s.group] for s in self.sentences])

    @property
    def fold_of_passages(self) -> np.ndarray:
        """Of the passages of all reports, in their order."""
        return np.array([self.folds[r.title] for r in self.reports for _ in r.texts])


def gather(shared: Path, *, without_cited: bool = False) -> Texts:
    """Reads everything. `without_cited` leaves out the procedure examples that cite a marked report."""
    attack = read_attack(shared / "attack" / "enterprise-attack-18.1.json.gz")
    reports, spans = read_reports(shared / "reading" / "tram" / "documents.train.jsonl", attack.revoked)
    sentences = read_sentences(shared / "reading" / "tram" / "sentences.train.jsonl", attack.revoked)
    folds = folds_of([*(r.title for r in reports), *(s.group for s in sentences)])
    seen = {(e.group, e.text.strip()) for e in spans}
    spans += [s for s in sentences if (s.group, s.text.strip()) not in seen]
    chance = np.random.RandomState(1)
    inside = [
        Example(text, labels, report.title, "sentence" if labels else "nothing")
        for report in reports
        for text, labels, other in zip(report.texts, report.labels, report.other, strict=True)
        if labels or other or chance.rand() < 0.35
    ]
    known = attack.examples
    if without_cited:
        cited = cites_a_report(attack, reports)
        known = [e for e in known if not any(name in cited for name in e.cites)]
    examples = [*spans, *inside, *known, *read_rules(shared / "sigma", attack), *read_quiet(teaching=True)]
    marked = sorted({t for e in [*spans, *inside] for t in e.labels})
    return Texts(
        attack=attack,
        reports=reports,
        sentences=sentences,
        examples=examples,
        fold=np.array([folds.get(e.group, -1) for e in examples]),
        folds=folds,
        marked=marked,
        rest=sorted(set(attack.techniques) - set(marked)),
    )


def plain(text: str) -> str:
    """ATT&CK's Markdown without links, citations and code marks."""
    text = re.sub(r"\(Citation:[^)]*\)|</?code>|`", "", text)
    return re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text).strip()


def read_attack(path: Path) -> Attack:
    objects = json.loads(gzip.decompress(path.read_bytes()))["objects"]
    code: dict[str, str] = {}
    names: dict[str, str] = {}
    all_codes: dict[str, str] = {}
    for item in objects:
        if item["type"] == "attack-pattern":
            id = next(r["external_id"] for r in item["external_references"] if r["source_name"] == "mitre-attack")
            all_codes[item["id"]] = id
            if not item.get("revoked") and not item.get("x_mitre_deprecated"):
                code[item["id"]] = id
                names[id] = item["name"]
    revoked: dict[str, str] = {}
    examples: list[Example] = []
    references: dict[str, str] = {}
    for item in objects:
        for reference in item.get("external_references", ()):
            references[reference["source_name"]] = f"{reference.get('url', '')} {reference.get('description', '')}"
        if item["type"] == "relationship" and item["relationship_type"] == "revoked-by" and item["target_ref"] in code:
            revoked[all_codes.get(item["source_ref"], "")] = code[item["target_ref"]]
        if item.get("revoked") or item.get("x_mitre_deprecated"):
            continue
        if item["type"] == "relationship" and item["relationship_type"] == "uses" and item["target_ref"] in code:
            text = plain(item.get("description", ""))
            if text:
                cites = tuple(sorted({r["source_name"] for r in item.get("external_references", ())}))
                labels = frozenset({code[item["target_ref"]]})
                examples.append(Example(text, labels, "attack:" + "|".join(cites), "procedure", cites))
        if item["type"] == "attack-pattern":
            id = code[item["id"]]
            label = frozenset({id})
            examples.append(Example(item["name"], label, "attack", "description"))
            text = plain(item.get("description", ""))
            document = document_from_text(text, name=id)
            for passage in list(passages(document))[:6]:
                examples.append(Example(text[passage.start : passage.end], label, "attack", "description"))
    return Attack(names, revoked, examples, references)


def read_reports(path: Path, revoked: dict[str, str]) -> tuple[list[Report], list[Example]]:
    """TRAM's marked reports, and their marked spans as examples."""
    reports, spans = [], []
    for line in path.read_text("utf-8").split("\n")[:-1]:
        row = json.loads(line)
        text, title = row["text"], row["title"].strip()
        url = re.search(r"^url:\s*(\S+)", text, re.MULTILINE)
        marked = [(s["start"], s["end"], s["technique"] and revoked.get(s["technique"], s["technique"])) for s in row["spans"]]
        by_span: dict[tuple[int, int], set[str]] = defaultdict(set)
        for start, end, technique in marked:
            by_span[start, end].update({technique} if technique else ())
        for (start, end), techniques in by_span.items():
            spans.append(Example(text[start:end].strip(), frozenset(techniques), title, "span"))
        texts, labels, other = [], [], []
        for passage in passages(document_from_text(text, name=title)):
            here, unknown = set(), False
            for start, end, technique in marked:
                shared = min(end, passage.end) - max(start, passage.start)
                if shared > 0 and (shared >= (end - start) / 2 or shared >= (passage.end - passage.start) / 2):
                    if technique:
                        here.add(technique)
                    else:
                        unknown = True
            texts.append(text[passage.start : passage.end])
            labels.append(frozenset(here))
            other.append(unknown)
        gold = frozenset(t for _, _, t in marked if t)
        reports.append(Report(title, url[1] if url else "", tuple(texts), tuple(labels), tuple(other), gold))
    return reports, spans


def read_sentences(path: Path, revoked: dict[str, str]) -> list[Example]:
    found = []
    for line in path.read_text("utf-8").split("\n")[:-1]:
        row = json.loads(line)
        label = revoked.get(row["label"], row["label"])
        found.append(Example(row["text"], frozenset({label}), row["doc_title"].strip(), "span"))
    return found


# A text that says nothing of how anything was done has none of these words.
_SAYS_HOW = re.compile(
    r"exploit|phish|malware|ransom|credential|password|backdoor|inject|exfiltrat|steal|stole|wip(?:e|ing)|encrypt|brute|server"
    r"|router|e-?mail|shell|botnet|ddos|vulnerab|account|access|supply.chain|install|tool|leak|domain|compromis|intru|download"
    r"|script|exchange|orion|software|cod(?:e|ing)|data|network|system|breach|website|infrastructure|denial",
    re.IGNORECASE,
)


def read_rules(folder: Path, attack: Attack) -> Iterator[Example]:
    """Title and first sentence of each Sigma rule that is tagged with at most three techniques. Parents of sub-techniques are
    tagged too freely there to teach anything."""
    broad = {id.split(".")[0] for id in attack.techniques if "." in id}
    for path in sorted(folder.rglob("*.yml")):
        source = path.read_text("utf-8", errors="replace")
        if "attack.t" not in source or "\ntitle:" not in f"\n{source}":
            continue
        try:
            rule = next(iter(yaml.safe_load_all(source)))
        except yaml.YAMLError:
            continue
        tags = [tag.removeprefix("attack.").upper() for tag in rule.get("tags") or () if tag.startswith("attack.t")]
        labels = frozenset(attack.revoked.get(id, id) for id in tags) & (set(attack.techniques) - broad)
        if 0 < len(labels) <= 3:
            first = re.split(r"(?<=[.!?])\s", " ".join(str(rule.get("description", "")).split()))[0]
            yield Example(f"{rule.get('title', '')}. {first}", labels, "sigma", "rule")


def read_quiet(*, teaching: bool) -> Iterator[Example]:
    """Texts of ours that describe no technique: everyday sentences, and passages about attribution that say nothing of how
    anything was done. Those of odd parts of the corpus teach, those of even parts measure."""
    if teaching:
        lines = (CORPORA / "everyday.txt").read_text("utf-8").splitlines()
        yield from (Example(line, frozenset(), "everyday", "quiet") for line in lines if not line.startswith("#"))
    for path in sorted((CORPORA / "claims").glob("*.jsonl")):
        for row in map(json.loads, path.read_text("utf-8").splitlines()):
            if (row["part"] % 2 == 1) == teaching and not _SAYS_HOW.search(row["text"]):
                yield Example(row["text"], frozenset(), "claims", "quiet")


def folds_of(titles: Iterable[str]) -> dict[str, int]:
    ordered = sorted(set(titles))
    places = np.random.RandomState(0).permutation(len(ordered))
    return {title: int(places[i]) % FOLDS for i, title in enumerate(ordered)}


def cites_a_report(attack: Attack, reports: list[Report]) -> dict[str, str]:
    """Citation name -> title of the marked report that it cites, by address or by title."""

    def bare(text: str) -> str:
        return re.sub(r"[^a-z0-9]", "", text.lower())

    by_url = {re.sub(r"^https?://(www\.)?|/+$", "", r.url.lower()): r.title for r in reports if len(r.url) > 12}
    by_title = {bare(r.title): r.title for r in reports if len(bare(r.title)) > 20}
    found = {}
    for name, reference in attack.references.items():
        url, _, description = reference.partition(" ")
        at = re.sub(r"^https?://(www\.)?|/+$", "", url.lower())
        title = by_url.get(at)
        if title is None:
            text = bare(description)
            title = next((t for key, t in by_title.items() if key in text), None)
        if title is not None:
            found[name] = title
    return found
