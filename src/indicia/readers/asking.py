"""What a model is told of its task, and the form that its answer has to have."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import orjson

from indicia.records import ProposedClaim

# Changes with every change of prompt.md, which a test holds: answers that were recorded name it.
PROMPT_VERSION = 1


@cache
def prompt() -> str:
    """The task in words: `prompt.md`."""
    return (files("indicia.readers") / "prompt.md").read_text("utf-8").strip()


def prompt_digest() -> str:
    """The first digits of the SHA-256 of the prompt."""
    return hashlib.sha256(prompt().encode()).hexdigest()[:12]


@cache
def answer_schema() -> dict[str, Any]:
    """The JSON schema of an answer: an object with a list of claims as the contract has them, without references, for servers
    that make a grammar of it."""
    found = msgspec.json.schema(ProposedClaim)
    kinds = found["$defs"]
    properties = {}
    for name, told in kinds["ProposedClaim"]["properties"].items():
        options = told.get("anyOf", [told])
        named = next((kinds[one["$ref"].rpartition("/")[2]]["enum"] for one in options if "$ref" in one), None)
        if told.get("type") == "array":
            properties[name] = {"type": "array", "items": {"type": "string"}}
        elif "enum" in told or named:
            properties[name] = {"type": "string", "enum": sorted(told.get("enum") or named or ())}
        else:
            properties[name] = {"type": "string"}
    claim = {
        "type": "object",
        "properties": properties,
        "required": ["quote", "stance", "source_type", "prominence"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {"claims": {"type": "array", "items": claim, "maxItems": 40}},
        "required": ["claims"],
        "additionalProperties": False,
    }


def messages(text: str, *, title: str | None, published: str | None, part: int, parts: int) -> list[dict[str, str]]:
    """What is sent for a part of a document. Its text stands in a JSON string, which nothing in it can end."""
    told = {"part": f"{part} of {parts}", "title": title or "", "published": published or "", "text": text}
    return [{"role": "system", "content": prompt()}, {"role": "user", "content": orjson.dumps(told).decode()}]


def answered(content: str) -> list[Any] | None:
    """The list of claims in what a model wrote, also within a fence of Markdown or after words; None where there is none."""
    start = content.find("{")
    while start >= 0:
        for end in _ends(content, start):
            try:
                told = orjson.loads(content[start:end])
            except orjson.JSONDecodeError:
                continue
            if isinstance(told, dict) and isinstance(told.get("claims"), list):
                return list(told["claims"])
        start = content.find('{"claims"', start + 1)
    return None


def _ends(content: str, start: int) -> list[int]:
    """Where an object may end: at the last brace, else at the first of a few before it."""
    last = content.rfind("}", start)
    found: list[int] = []
    while last >= 0 and len(found) < 5:
        found.append(last + 1)
        last = content.rfind("}", start, last)
    return found
