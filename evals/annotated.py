"""The annotated real documents of `corpora/real`: their texts by reference, and what was annotated in them.

Annotations hold offsets and no text. Texts are looked for in the shared corpus and in a folder of fetched repositories; what is
not there, or is not the text that was annotated, is counted and left out.
"""

from __future__ import annotations

import ast
import gzip
import hashlib
import html
import json
import re
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

__all__ = ["ANNOTATIONS", "FRESH", "MEASURED", "Annotated", "annotated", "documents", "fetched_text", "spelt_out", "worded"]

ANNOTATIONS = Path(__file__).parent.parent / "corpora" / "real" / "annotations.jsonl"
MEASURED = ANNOTATIONS.with_name("measured.jsonl")  # never trained on, fitted to or looked into
FRESH = ANNOTATIONS.with_name("measured-2.jsonl")  # the same, and not counted before a version is chosen
# A picture, a link whose words stay, a tag: some repositories keep news as Markdown, and nobody reads it with its addresses.
_MARKUP = re.compile(
    r"!\[[^\]\n]*\]\([^)\s]*(?:\s\"[^\"\n]*\")?\)"
    r"|\[((?:[^\[\]\n]|\[[^\]\n]*\])*)\]\((?:[^()\s]|\([^()\s]*\))*(?:\s\"[^\"\n]*\")?\)"
    r"|<[^<>\n]{1,300}>"
)


class Annotated(NamedTuple):
    """A document as a person reads it, and its claims, their places in that text."""

    id: str
    text: str
    claims: list[dict[str, Any]]


def annotated(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def documents(rows: Sequence[dict[str, Any]], shared: Path, mirrors: Path | None) -> tuple[list[Annotated], Counter[str]]:
    """The annotated documents whose texts are there, in order, and why others are not.

    `shared` holds the corpus, `mirrors` the fetched repositories, `owner+name/repo` each.
    """
    texts, missing = _texts_of(rows, shared / "claims" / "real" / "corpus.jsonl.gz", mirrors)
    return [Annotated(row["id"], *_cleaned(texts[row["id"]], row["claims"])) for row in rows if row["id"] in texts], missing


def _texts_of(rows: Sequence[dict[str, Any]], corpus: Path, mirrors: Path | None) -> tuple[dict[str, str], Counter[str]]:
    """Document id -> text, and why others have none."""
    with gzip.open(corpus, "rt", encoding="utf-8") as lines:
        held = {item["id"]: item["text"] for item in map(json.loads, lines)}
    out: dict[str, str] = {}
    missing: Counter[str] = Counter()
    for row in rows:
        whole = held.get(row["id"]) if row["where"] == "corpus" else fetched_text(row["where"], mirrors)
        if whole is None:
            missing["text not there"] += 1
            continue
        text = whole[row["start"] : row["end"]]
        if hashlib.sha256(text.encode("utf-8")).hexdigest() != row["sha256"]:
            missing["another text"] += 1
            continue
        out[row["id"]] = text
    return out, missing


def fetched_text(source: str, mirrors: Path | None) -> str | None:
    """The text of "owner/name@commit:path" in a folder of fetched repositories; None where it is not there."""
    if mirrors is None:
        return None
    source, part = (_PART.split(source, maxsplit=1)[0], found[1]) if (found := _PART.search(source)) else (source, "")
    repository, _, rest = source.partition("@")
    commit, _, path = rest.partition(":")
    folder = mirrors / repository.replace("/", "+") / "repo"
    for version in (commit, "HEAD"):
        shown = subprocess.run(["git", "-C", folder, "show", f"{version}:{path}"], capture_output=True, check=False)
        if shown.returncode == 0:
            text = shown.stdout.decode("utf-8", "replace")
            if part.isdigit():
                line: dict[str, str] = json.loads(text.split("\n")[int(part) - 1])
                return line["text"]
            return _prose(repository, text) if part else spelt_out(text)
    return None


_PART = re.compile(r"#(html|\d+)\Z")  # what of a file is the text: a page without its tags, or "text" in a line of JSON
_FRONT = re.compile(r"---\n.*?\n---\s*\n", re.DOTALL)
_HEADED = re.compile(r"\s*<h1>.*?</h1>\s*", re.DOTALL)
_CONTENT = re.compile(r"<content><!\[CDATA\[(.*?)\]\]></content>", re.DOTALL)


def _prose(repository: str, page: str) -> str:
    """The prose of a page as the repository keeps it: after its front matter, or in its element for content."""
    if (content := _CONTENT.search(page)) is not None:
        return _untagged(content[1])
    if (front := _FRONT.match(page)) is not None:
        body = page[front.end() :]
        return _untagged(re.sub(r"\[/?ad_\d\]", "", body) if repository.startswith("secureIntent") else body)
    if (head := _HEADED.match(page)) is not None:
        body = page[head.end() :].strip()
        page = ast.literal_eval(body).decode("utf-8", "replace") if body[:2] in ("b'", 'b"') else body
    return _untagged(page)


def _untagged(page: str) -> str:
    page = re.sub(r"(?is)<(script|style)\b.*?</\1>", " ", page)
    page = re.sub(r"(?i)<br\s*/?>", "\n", page)
    page = re.sub(r"(?i)</(p|div|h[1-6]|li|tr|blockquote|ul|ol|table|section|article)\s*>", "\n\n", page)
    page = html.unescape(re.sub(r"<[^>]*>", "", page)).replace("\xa0", " ").replace("\r", "")
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]+", " ", page))).strip()


def spelt_out(text: str) -> str:
    """A page of which a repository keeps the bytes as Python prints them, as text; any other text as it is."""
    start = text.find("\nb'")
    if start < 0 or not text.endswith("'"):
        return text
    try:
        return text[: start + 1] + str(ast.literal_eval(text[start + 1 :]), "utf-8", "replace")
    except (SyntaxError, ValueError, MemoryError):
        return text


def _cleaned(text: str, claims: Sequence[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """A text without pictures, link targets and tags, and its claims with their places in it."""
    kept = _kept(text, 0)
    after = [0] * (len(text) + 1)  # how many characters before each are kept
    for place in kept:
        after[place + 1] = 1
    for place in range(len(text)):
        after[place + 1] += after[place]

    def moved(value: Any) -> Any:
        if isinstance(value, list) and value and isinstance(value[0], list):
            return [place for place in map(moved, value) if place is not None]
        if not (isinstance(value, list) and len(value) == 2 and all(isinstance(place, int) for place in value)):
            return value
        start, end = (after[place] for place in value)
        return [start, end] if start < end else None  # words that stood in an address

    placed = [{key: moved(value) for key, value in claim.items()} for claim in claims]
    return "".join(text[k] for k in kept), [claim for claim in placed if claim["quote"] is not None]


def _kept(text: str, start: int) -> list[int]:
    """The places of what a reader sees."""
    out: list[int] = []
    at = 0
    for found in _MARKUP.finditer(text):
        out += range(start + at, start + found.start())
        if found[1] is not None:
            out += _kept(found[1], start + found.start(1))
        at = found.end()
    out += range(start + at, start + len(text))
    return out


def worded(claim: dict[str, Any], text: str) -> dict[str, Any]:
    """An annotation with the words at its places."""
    said = {role: text[slice(*claim[role])] if claim.get(role) else None for role in ("source", "accused")}
    named = {f"{role}_canonical": claim.get(f"{role}_canonical") or said[role] for role in said}
    return {**claim, **said, **named}
