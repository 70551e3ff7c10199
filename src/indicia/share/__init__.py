"""Sharing: a case as one file of one format.

    render(case, "html", knowledge) -> bytes
    pieces(case, "timesketch", knowledge) -> the same bytes, piece by piece

`BRIEFS` and `OTHERS` are the table of all of them; a new format is one function and one row, or an entry point of another
package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pkgutil import resolve_name
from typing import Any

from indicia.errors import UsageError
from indicia.extras import EXPORTERS, plugins
from indicia.knowledge import Knowledge
from indicia.records import Case
from indicia.share.redact import as_marked

__all__ = ["BRIEFS", "FORMATS", "pieces", "render"]


# Where the function of each format stands, `module:function` of this room. It is loaded when it is called: who wants Markdown
# does not wait for a PDF compiler. Those of a brief take its blocks, the others a case and knowledge.
BRIEFS = {"md": "brief.markdown:markdown", "html": "brief.html:html", "pdf": "brief.pdf:pdf", "docx": "brief.docx:docx"}
OTHERS: dict[str, str | Callable[[Case, Knowledge], bytes | Iterable[bytes]]] = {
    **plugins(EXPORTERS),
    "json": "indicators:case_pieces",
    "stix": "stix:pieces",
    "misp": "misp:render",
    "navigator": "navigator:render",
    "attack-flow": "attackflow:render",
    "csv": "indicators:render",
    "timesketch": "timelines:render",
    "card": "card:card",
    "eurepoc": "ledger:as_eurepoc",
    "ledger": "ledger:as_csv",
    "jsonld": "ledger:as_json_ld",
}
FORMATS = (*BRIEFS, *OTHERS)


def render(case: Case, format: str, knowledge: Knowledge, *, full: bool = False, language: str = "en") -> bytes:
    """One file: the same bytes for the same case and knowledge. Raises: UsageError for a format that is not in the table."""
    return b"".join(pieces(case, format, knowledge, full=full, language=language))


def pieces(
    case: Case,
    format: str,
    knowledge: Knowledge,
    *,
    full: bool = False,
    language: str = "en",
    before: Case | None = None,
    held: bytes = b"",
) -> Iterable[bytes]:
    """The same file piece by piece, for whoever writes it as it is made. A brief has all of its annexes where it is `full`, its
    page one in the language, and says what changed since `before`. A bundle goes on from the one that was `held` in its place.

    Raises: as `render`, and for a language that there is no catalogue of.
    """
    form = format.lower()
    if form not in FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"known: {', '.join(FORMATS)}")
    if form in plugins(EXPORTERS):
        case = as_marked(case)  # other packages know nothing of texts without a marking
    if form in BRIEFS:
        return (_written(form, case, knowledge, full=full, language=language, before=before),)
    found = OTHERS[form]
    make: Callable[..., Any] = _function(found) if isinstance(found, str) else found
    made = make(case, knowledge, before=held) if form == "stix" else make(case, knowledge)
    return (made,) if isinstance(made, bytes) else made


def _function(path: str) -> Callable[..., Any]:
    found: Callable[..., Any] = resolve_name(f"indicia.share.{path}")
    return found


def _written(form: str, case: Case, knowledge: Knowledge, *, full: bool, language: str, before: Case | None) -> bytes:
    """A brief; on paper its annexes are cut to their first rows, unless they are wanted in full."""
    from indicia.share.brief.build import abridged, build
    from indicia.view.language import speaking

    with speaking(language):
        brief = build(case, knowledge, full=full, before=before)
    write = _function(BRIEFS[form])
    made: bytes = write(brief, unfolded=full) if form == "html" else write(brief if full else abridged(brief))
    return made
