"""Gathers the messages of page one, brings the catalogues up to date and compiles them. Needs Babel.

    python scripts/catalogues.py

A message that is new stands without a translation in `view/locale/*/LC_MESSAGES/brief.po`: fill it in and run this again. What
no message asks for any more is dropped. `tests/view/test_language.py` fails while one is missing.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import yaml
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from indicia.records import Confidence, Firmness, HuntVerdict, Likelihood
from indicia.view.judgements import OF_TABLES
from indicia.view.language import LANGUAGES
from indicia.view.translated import LACKS

__all__ = ["FOLDER", "compiled", "gathered", "updated", "written"]

SOURCE = Path(__file__).parents[1] / "src" / "indicia"
FOLDER = SOURCE / "view" / "locale"
KEYWORDS = {"tell": None, "noted": None, "tell_many": (1, 2), "forms": (1, 2), "_agreeing": (2, 3)}
TITLED = ("containment", "mitigations", "own")  # tables of measures whose titles may stand on page one


def gathered() -> Catalog:
    """All messages, in the order of the alphabet."""
    found: set[str | tuple[str, str]] = set()
    for part in ("view", "share/brief"):
        for _, _, message, _, _ in extract_from_dir(str(SOURCE / part), [("**.py", "python")], keywords=KEYWORDS):
            # A tuple of two is a message with its plural.
            found.add(message if isinstance(message, str) else (message[0], message[1]))
    found |= set(_said_elsewhere())
    catalogue = Catalog(charset="utf-8")
    for message in sorted(found, key=lambda one: one if isinstance(one, str) else one[0]):
        catalogue.add(message)
    return catalogue


def _said_elsewhere() -> Iterator[str]:
    """Messages that are told by their value: enumerations, titles of annexes and of measures, what an assessment lacks."""
    yield from (one.value for one in (*Likelihood, *HuntVerdict))
    yield from (f"Confidence: {one.value}" for one in Confidence)
    yield from (f"firmness {one.value}" for one in Firmness if one is not Firmness.NONE)
    yield from (*LACKS, OF_TABLES)
    for name in TITLED:
        yield from _titles(yaml.safe_load((SOURCE / "advise" / "data" / f"{name}.yml").read_text("utf-8")))
    for path in sorted((SOURCE / "share" / "brief").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Section":
                yield from (
                    word.value.value
                    for word in node.keywords
                    if word.arg == "title" and isinstance(word.value, ast.Constant) and isinstance(word.value.value, str)
                )
            elif path.name in {"ours.py", "holds.py"} and isinstance(node, ast.AnnAssign | ast.Assign):
                yield from _table(node)


def _titles(found: object) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(title := found.get("title"), str):
            yield title
        for inner in found.values():
            yield from _titles(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from _titles(inner)


def _table(node: ast.AnnAssign | ast.Assign) -> Iterator[str]:
    """The words of the tables of verdicts: the first of each pair."""
    if isinstance(node.value, ast.Dict):
        for pair in node.value.values:
            if isinstance(pair, ast.Tuple) and isinstance(first := pair.elts[0], ast.Constant) and isinstance(first.value, str):
                yield first.value


def updated(code: str) -> Catalog:
    """The catalogue of a language with exactly the messages that are asked for."""
    with (FOLDER / code / "LC_MESSAGES" / "brief.po").open("rb") as file:
        old = read_po(file, locale=code)
    new = Catalog(
        locale=code,
        charset="utf-8",
        header_comment=HEADER,
        fuzzy=False,
        copyright_holder="the Indicia contributors",
        creation_date=DAY,
        revision_date=DAY,
    )
    for message in gathered():
        if message.id:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            held = old.get(key)
            same = held is not None and isinstance(held.id, tuple) == isinstance(message.id, tuple)
            new.add(message.id, held.string if held is not None and same else None)
    return new


DAY = datetime(2026, 1, 1, tzinfo=UTC)  # the files bear no date that changes
_IDLE = (
    b'"Project-Id',
    b'"Report-Msgid',
    b'"Last-Translator',
    b'"Language-Team',
    b'"POT-Creation',
    b'"PO-Revision',
    b'"Generated-By',
)
HEADER = "# Page one of the brief and all headings. Sentences are whole: put the names in braces where they belong."


def compiled(catalogue: Catalog) -> bytes:
    """As the program reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def written(catalogue: Catalog) -> bytes:
    """As people edit it, without a date and names that say nothing."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=120, omit_header=False)
    return b"\n".join(row for row in buffer.getvalue().split(b"\n") if not row.startswith(_IDLE))


def _is_whole(message: Message) -> bool:
    """Whether all forms of a message are translated."""
    return all(message.string) if isinstance(message.string, tuple | list) else bool(message.string)


def main() -> None:
    for code in LANGUAGES[1:]:
        folder, catalogue = FOLDER / code / "LC_MESSAGES", updated(code)
        (folder / "brief.po").write_bytes(written(catalogue))
        (folder / "brief.mo").write_bytes(compiled(catalogue))
        empty = [one.id for one in catalogue if one.id and not _is_whole(one)]
        print(f"{code}: {len(catalogue)} messages, {len(empty)} without a translation")


if __name__ == "__main__":
    main()
