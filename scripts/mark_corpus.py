"""Turns passages with marks in the text into lines of the claims corpus: `python scripts/mark_corpus.py MARKED.txt OUT.jsonl`.

Writing JSON with every surface string twice is slow and goes wrong; marks in the running text do not. One passage a line:

    style|incident|date|The {s FBI} said {a Sandworm} was {f probably} behind {x the outage}.
    > A gov FBI > gr RU Sandworm; moderate; b t

`{label words}` marks words (marks may nest): s source, a accused, x act, f firmness cue, r q p relays (outermost first), v w
u victims. A digit ties a mark to the second, third ... claim line; a claim without a mark of its own takes the first claim's
(relays and firmness cues excepted). A claim line is `> STANCE SOURCE > ACCUSED; field; field`:

- STANCE: A accuses, E endorses, D denies, L declines, Q questions.
- SOURCE: `[label:]type canonical`, or `= ` (as in the claim before), or `- med` (unsourced narration).
  Types: gov int com med per grp crt ano. A country code as canonical is written out.
- ACCUSED: `[label:]type state canonical` (state `-` when unknown), `=` or `-` (nobody named). Types: st ag gr pe cr un.
- fields: `high` ... (firmness), `b t|i|l|p` (basis), `d DATE`, `via labels|-`, `x label|-`, `f label`, `v labels|-`,
  `vc ISO,ISO`, `sec a,b`, `m a,b`, `i NAME|-` (incident of the claim, when it is not the passage's).

An incident that starts with `~` is a made-up group name for an anonymous affair: the claims then name no incident.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

__all__ = ["convert", "parse_marks", "sentences"]

STYLES = {
    "gov": "government", "leg": "legal", "san": "sanctions", "ven": "vendor", "den": "denial", "new": "news", "nes": "nested",
    "ref": "refusal", "end": "endorsement", "que": "questions", "hea": "headline", "adv": "adversarial", "pas": "passive",
    "psg": "passage", "neg": "negative",
}  # fmt: skip
STANCES = {"A": "accuses", "E": "endorses", "D": "denies", "L": "declines", "Q": "questions"}
SOURCE_TYPES = {
    "gov": "government", "int": "international organisation", "com": "company", "med": "media", "per": "person",
    "grp": "group", "crt": "court", "ano": "anonymous official",
}  # fmt: skip
ACCUSED_TYPES = {"st": "state", "ag": "agency", "gr": "group", "pe": "person", "cr": "criminal", "un": "unknown"}
FIRMNESS = ("confirmed", "high", "moderate", "low", "hedged", "none")
BASES = {"t": "technical", "i": "intelligence", "l": "legal", "p": "political"}
COUNTRIES = dict(
    line.split("\t") for line in (Path(__file__).parent.parent / "corpora/claims/countries.tsv").read_text("utf-8").splitlines()
)
ABBREVIATIONS = re.compile(
    r"(?:\b(?:U\.S|U\.K|U\.N|E\.U|D\.C|Mr|Mrs|Ms|Dr|Gen|Lt|Col|Sgt|Capt|Maj|Adm|Sen|Rep|Gov|Prof|St|No|Jr|Sr|vs|Inc|Corp|Co|Ltd|"
    r"v|al|Art|approx|Jan|Feb|Aug|Sept|Oct|Nov|Dec|a\.m|p\.m|i\.e|e\.g)|\b[A-Z])\.$"
)
MARK = re.compile(r"\{([a-z]\d*) ")
Spans = dict[str, tuple[int, int]]
Claim = dict[str, Any]


def parse_marks(marked: str) -> tuple[str, Spans]:
    """The text without its marks, and the span of each label."""
    out: list[str] = []
    length, at = 0, 0
    stack: list[tuple[str, int]] = []
    spans: Spans = {}
    while at < len(marked):
        if match := MARK.match(marked, at):
            stack.append((match.group(1), length))
            at = match.end()
        elif marked[at] == "}":
            label, start = stack.pop()
            if label in spans:
                raise ValueError(f"label {label!r} twice in: {marked}")
            spans[label] = (start, length)
            at += 1
        elif marked[at] == "{":
            raise ValueError(f"stray brace in: {marked}")
        else:
            out.append(marked[at])
            length += 1
            at += 1
    if stack:
        raise ValueError(f"open mark {stack[-1][0]!r} in: {marked}")
    return "".join(out), spans


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences, in order. Good enough for short edited text; a closing quote stays with its sentence."""
    cuts = [0]
    for match in re.finditer(r"[.!?…][\"”’')]*\s+(?=[\"“‘'(]?[A-Z0-9@#])|\n+", text):
        head = text[: match.start() + 1].rstrip("\n")
        if "\n" in match.group() or not ABBREVIATIONS.search(head):
            cuts.append(match.end())
    cuts.append(len(text))
    spans = []
    for start, end in zip(cuts, cuts[1:], strict=False):
        body = text[start:end].rstrip()
        if body:
            spans.append((start, start + len(body)))
    return spans


def _canonical(words: list[str], surface: str | None) -> str | None:
    name = " ".join(words)
    return COUNTRIES.get(name, name) if name else surface


def _claim(line: str, number: int, text: str, spans: Spans, incident: str | None, before: Claim | None) -> Claim:
    head, *fields = [part.strip() for part in line.split(";")]
    left, _, right = head.partition(" > ")
    stance, *source = left.split()
    accused = right.split()
    suffix = "" if number == 1 else str(number)

    def find(label: str, fall_back: bool = True) -> str | None:
        if label + suffix in spans:
            return label + suffix
        return label if fall_back and label in spans else None

    def words(label: str | None) -> str | None:
        if label is None:
            return None
        start, end = spans[label]
        return text[start:end]

    used: dict[str, str] = {}
    claim: Claim = {}
    if source == ["="]:
        assert before is not None
        claim |= {key: before[key] for key in ("source", "source_canonical", "source_type")}
        if label := before["_labels"].get("source"):
            used["source"] = label
    else:
        kind, label = source[0], find("s")
        if ":" in kind:
            label, kind = kind.split(":")
        elif kind == "-":
            label, kind, source = None, source[1], source[1:]
        canonical = _canonical(source[1:], words(label))
        if kind == "ano" and source[1:] and canonical:
            canonical = f"anonymous official ({canonical})"
        claim |= {"source": words(label), "source_canonical": canonical if label else None, "source_type": SOURCE_TYPES[kind]}
        if label:
            used["source"] = label
    claim["stance"] = STANCES[stance]
    if accused == ["="]:
        assert before is not None
        claim |= {key: before[key] for key in ("accused", "accused_canonical", "accused_type", "state")}
        if label := before["_labels"].get("accused"):
            used["accused"] = label
    elif accused == ["-"]:
        claim |= {"accused": None, "accused_canonical": None, "accused_type": "unknown", "state": None}
    else:
        kind, state, *rest = accused
        label = find("a")
        if ":" in kind:
            label, kind = kind.split(":")
        if label is None:
            raise ValueError(f"no accused marked for {line!r} in: {text}")
        place = None if state == "-" else state
        if place and place not in COUNTRIES:
            raise ValueError(f"unknown state {place!r}: {line}")
        name = _canonical(rest, COUNTRIES[place] if kind == "st" and place and not rest else words(label))
        claim |= {"accused": words(label), "accused_canonical": name, "accused_type": ACCUSED_TYPES[kind], "state": place}
        used["accused"] = label
    act = find("x")
    victims = [label for name in "vwu" if (label := find(name))]
    via = [label for name in "rqp" if (label := find(name, fall_back=False))]
    firmness, basis, date, cue = "none", "none stated", None, find("f", fall_back=False)
    for field in fields:
        key, _, value = field.partition(" ")
        labels = [] if value == "-" else value.split(",")
        if key in FIRMNESS:
            firmness = key
        elif key == "b":
            basis = BASES[value]
        elif key == "d":
            date = value
        elif key == "x":
            act = labels[0] if labels else None
        elif key == "f":
            spans[value]  # a KeyError names the label
            cue = value
        elif key == "v":
            victims = labels
        elif key == "via":
            via = labels
        elif key in {"vc", "sec", "m"}:
            claim[{"vc": "victim_countries", "sec": "sectors", "m": "motive"}[key]] = labels
        elif key == "i":
            incident = None if value == "-" else value
        else:
            raise ValueError(f"unknown field {field!r}: {line}")
    if firmness == "none":
        cue = None
    if act:
        claim["act"] = words(act)
        used["act"] = act
    claim["incident"] = incident
    if victims:
        claim["victims"] = [words(label) for label in victims]
    claim |= {"firmness": firmness, "firmness_cue": words(cue)}
    if cue:
        used["firmness_cue"] = cue
    claim |= {"basis": basis, "date": date, "via": [words(label) for label in via]}
    inside = [spans[used[key]] for key in ("source", "accused") if key in used] or [spans[used["act"]]]
    start, end = min(a for a, _ in inside), max(b for _, b in inside)
    run = [(a, b) for a, b in sentences(text) if b > start and a < end]
    claim |= {"quote_start": run[0][0], "quote_end": run[-1][1]}
    claim["spans"] = {key: list(spans[label]) for key, label in used.items()}
    for key, group in (("victims", victims), ("via", via)):
        if group:
            claim["spans"][key] = [list(spans[label]) for label in group]
    claim["_labels"] = used
    claim["_used"] = {*used.values(), *victims, *via}
    return claim


def convert(lines: list[str], first: int) -> list[dict[str, Any]]:
    """The corpus lines of a marked file, numbered from `first`, the part times a thousand. Raises: ValueError that says all faults, with their texts."""
    items: list[dict[str, Any]] = []
    blocks: list[tuple[str, list[str]]] = []
    for line in lines:
        if line.startswith("> "):
            blocks[-1][1].append(line[2:])
        elif line.strip() and not line.startswith("//"):
            blocks.append((line, []))
    wrong: list[str] = []
    for head, claim_lines in blocks:
        try:
            style, incident, date, marked = head.split("|", 3)
            text, spans = parse_marks(marked.strip().replace("\\n", "\n"))
            named = None if not incident or incident.startswith("~") else incident
            claims: list[Claim] = []
            for number, line in enumerate(claim_lines, 1):
                claims.append(_claim(line, number, text, spans, named, claims[-1] if claims else None))
            unused = set(spans) - {label for claim in claims for label in claim["_used"]}
            if unused:
                raise ValueError(f"marks without use: {sorted(unused)}")
            if (style == "neg") != (not claims):
                raise ValueError("a passage without claims is a negative, and only that")
        except (ValueError, KeyError, AssertionError, IndexError) as error:
            wrong.append(f"{error!r} in {head} {claim_lines}")
            continue
        for claim in claims:
            del claim["_labels"], claim["_used"]
        item: dict[str, Any] = {
            "id": f"c{first + len(items):05d}",
            "part": first // 1000,
            "style": STYLES[style],
            "incident": incident.lstrip("~") or None,
        }
        if date:
            item["date"] = date
        items.append({**item, "text": text, "claims": claims})
    if wrong:
        raise ValueError("\n".join(wrong))
    return items


def main(marked: str, out: str, first: str) -> None:
    items = convert(Path(marked).read_text(encoding="utf-8").splitlines(), int(first))
    Path(out).write_text("".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items), encoding="utf-8")
    print(f"{out}: {len(items)} passages, {sum(len(item['claims']) for item in items)} claims")


if __name__ == "__main__":
    main(*sys.argv[1:4])
