"""Our own bundle read back: the claims as they were, with their quotes, offsets and markings.

A document whose text did not travel comes back as its quoted passages, each at its own offset, with blanks between them. So
`document.text[span.start:span.end] == span.text` holds for every span, and nothing is there that was not in the bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import msgspec

from indicia.errors import FormatError, LimitError
from indicia.records import (
    CASE_EXTENSION,
    Advice,
    Affair,
    Case,
    Claim,
    Document,
    Hunt,
    Judgement,
    Mention,
    Problem,
    Record,
    Severity,
    Span,
    Tlp,
    Versions,
    Weighing,
    claim_today,
)
from indicia.share.stix.emptiness import made_whole
from indicia.share.stix.ids import CLAIM_EXTENSION

_LONGEST = 20_000_000  # characters of a document that is rebuilt from its quotes; beyond, somebody is having us on
_NOT_OURS = {"extension_type", "length"}
R = TypeVar("R", bound=Record)


def is_ours(data: bytes) -> bool:
    """Whether the bytes name our case extension; cheap, and no promise that the bundle can be read."""
    return CASE_EXTENSION.encode() in data


def read_bundle(data: bytes) -> Case:
    """The case in a bundle that Indicia wrote: everything that was in it, as far as its writer let it leave.

    Raises: FormatError when it is no such bundle or a part does not fit, LimitError when a document is too long.
    """
    try:
        bundle = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(f"is broken JSON: {error}", where="bundle", hint="export it again") from error
    objects = bundle.get("objects") if isinstance(bundle, dict) else None
    if not isinstance(objects, list):
        raise FormatError("is no STIX bundle", where="bundle")
    held = [item for item in objects if isinstance(item, dict)]
    reports = _reports(held)
    if not reports:
        raise FormatError("holds no case of Indicia", where="bundle", hint="read it as a source: indicia brief FILE")
    claims = _claims(held)
    return _joined([_case(fields, claims) for fields in reports])


def _extension(item: dict[str, Any], id: str) -> dict[str, Any] | None:
    extensions = item.get("extensions")
    fields = extensions.get(id) if isinstance(extensions, dict) else None
    return fields if isinstance(fields, dict) else None


def _reports(objects: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The fields of each report's case, of several versions of one report those of the newest."""
    newest: dict[str, tuple[str, dict[str, Any]]] = {}
    for item in objects:
        fields = _extension(item, CASE_EXTENSION) if item.get("type") == "report" else None
        if fields is not None:
            id, modified = str(item.get("id")), str(item.get("modified", ""))
            if id not in newest or newest[id][0] < modified:
                newest[id] = (modified, fields)
    return [fields for _, fields in newest.values()]


def _claims(objects: list[dict[str, Any]]) -> dict[str, Claim]:
    found: dict[str, Claim] = {}
    for item in sorted(objects, key=lambda item: str(item.get("modified", ""))):
        fields = _extension(item, CLAIM_EXTENSION) if item.get("type") == "note" else None
        if fields is not None:
            claim = _convert({key: value for key, value in fields.items() if key not in _NOT_OURS}, Claim, str(item.get("id")))
            found[claim.id] = claim
    return found


def _case(fields: dict[str, Any], claims: dict[str, Claim]) -> Case:
    order = [id for id in _listed(fields, "claim_order") if isinstance(id, str) and id in claims]
    mine = tuple(claims[id] for id in order)
    mentions = _several(fields, "mentions", Mention)
    spans: dict[str, list[Span]] = {}
    for span in _spans([*mine, *mentions]):
        spans.setdefault(span.document, []).append(span)
    documents, problems = [], []
    for part in _listed(fields, "documents"):
        document, problem = _document(part, spans)
        documents.append(document)
        problems += [problem] if problem else []
    known = {document.id: document for document in documents}
    for span in (span for group in spans.values() for span in group):
        document_of = known.get(span.document)
        if document_of is None or document_of.text[span.start : span.end] != span.text:
            raise FormatError(f"a quote does not stand where it says: {span.text[:60]!r}", where=span.document)
    return Case(
        name=str(fields.get("name", "case")),
        versions=_convert(fields.get("versions", {}), Versions, "versions"),
        documents=tuple(documents),
        claims=mine,
        mentions=mentions,
        affairs=_several(fields, "affairs", Affair),
        hunt=_one(fields, "hunt", Hunt),
        weighing=_one(fields, "weighing", Weighing),
        advice=_one(fields, "advice", Advice),
        judgements=_several(fields, "judgements", Judgement),
        problems=(*_several(fields, "problems", Problem), *problems),
        marking=_convert_tlp(fields["marking"]) if "marking" in fields else None,
    )


def _one(fields: dict[str, Any], name: str, kind: type[R]) -> R | None:
    return _convert(fields[name], kind, name) if name in fields else None


def _several(fields: dict[str, Any], name: str, kind: type[R]) -> tuple[R, ...]:
    return tuple(_convert(part, kind, name) for part in _listed(fields, name))


def _listed(fields: dict[str, Any], name: str) -> list[Any]:
    parts = fields.get(name, [])
    if not isinstance(parts, list):
        raise FormatError("is no list", where=name)
    return parts


def _convert(fields: Any, kind: type[R], where: str) -> R:
    try:
        if kind is Claim and isinstance(fields, dict):
            fields = claim_today(fields)
        return msgspec.convert(made_whole(fields, kind), type=kind)
    except (msgspec.ValidationError, TypeError) as error:
        raise FormatError(f"does not fit: {error}", where=where) from error


def _convert_tlp(text: object) -> Tlp:
    try:
        return Tlp.read(str(text))
    except ValueError as error:
        raise FormatError(str(error), where="marking") from error


def _spans(value: Any) -> Iterator[Span]:
    """Every span in a record, however deep."""
    if isinstance(value, Span):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from _spans(getattr(value, name))
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _spans(part)


def _document(part: Any, spans: dict[str, list[Span]]) -> tuple[Document, Problem | None]:
    if not isinstance(part, dict):
        raise FormatError("a document is no object", where="documents")
    fields = {key: value for key, value in part.items() if key not in _NOT_OURS}
    if "text" in fields:
        return _convert(fields, Document, "documents"), None
    mine = spans.get(str(fields.get("id")), [])
    length = part.get("length")
    ends = [span.end for span in mine]
    size = max([length if isinstance(length, int) else 0, *ends])
    if size > _LONGEST:
        raise LimitError(
            f"a document of {size:,} characters is more than is rebuilt from quotes", where=str(fields.get("name"))
        )
    letters = [" "] * size
    for span in mine:
        if not 0 <= span.start <= span.end or span.end - span.start != len(span.text):
            raise FormatError(f"a quote does not fit its offsets: {span.text[:60]!r}", where=str(fields.get("name")))
        letters[span.start : span.end] = span.text
    document = _convert({**fields, "text": "".join(letters)}, Document, "documents")
    return document, Problem(
        where=document.name,
        what="came in a bundle without its text; only the quoted passages are there, each at its place",
        severity=Severity.NOTE,
    )


def _joined(cases: list[Case]) -> Case:
    """One case from the reports of a bundle that holds several; the first of each record counts.

    What is drawn from the whole of a case (affairs, weighing, advice) is to be drawn anew from the whole of all.
    """
    if len(cases) == 1:
        return cases[0]
    first = cases[0]
    hunts = [case.hunt for case in cases if case.hunt]
    return msgspec.structs.replace(
        first,
        affairs=(),
        hunt=hunts[0] if len(hunts) == 1 else None,
        weighing=None,
        judgements=tuple({one.id: one for case in reversed(cases) for one in case.judgements}.values()),
        documents=tuple({one.id: one for case in reversed(cases) for one in case.documents}.values()),
        claims=tuple({one.id: one for case in reversed(cases) for one in case.claims}.values()),
        mentions=tuple({one.id: one for case in reversed(cases) for one in case.mentions}.values()),
        advice=None,
        problems=tuple(dict.fromkeys(problem for case in cases for problem in case.problems)),
        marking=Tlp.joined(case.marking for case in cases),
    )
