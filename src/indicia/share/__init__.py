"""Sharing: a case as one file of one format.

    render(case, "html", knowledge) -> bytes
    pieces(case, "timesketch", knowledge) -> the same bytes, piece by piece

`BRIEFS` and `OTHERS` are the table of all of them; a new format is one function and one row, or an entry point of another
package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from indicia.errors import UsageError
from indicia.extras import EXPORTERS, plugins
from indicia.knowledge import Knowledge
from indicia.records import Case, Record
from indicia.share.redact import as_marked

if TYPE_CHECKING:
    from indicia.share.brief.blocks import Brief

__all__ = ["BRIEFS", "FORMATS", "pieces", "render"]


class Manner(Record, frozen=True, kw_only=True):
    """How a brief is written: with every annex in full, in which language, and beside which earlier state of the case."""

    full: bool = False
    language: str = "en"
    before: Case | None = None


def _markdown(case: Case, knowledge: Knowledge, manner: Manner) -> bytes:
    from indicia.share.brief.markdown import markdown

    return markdown(_on_paper(case, knowledge, manner))


def _html(case: Case, knowledge: Knowledge, manner: Manner) -> bytes:
    from indicia.share.brief.html import html

    return html(_brief(case, knowledge, manner), unfolded=manner.full)


def _pdf(case: Case, knowledge: Knowledge, manner: Manner) -> bytes:
    from indicia.share.brief.pdf import pdf

    return pdf(_on_paper(case, knowledge, manner))


def _docx(case: Case, knowledge: Knowledge, manner: Manner) -> bytes:
    from indicia.share.brief.docx import docx

    return docx(_on_paper(case, knowledge, manner))


def _brief(case: Case, knowledge: Knowledge, manner: Manner) -> Brief:
    from indicia.share.brief.build import build
    from indicia.view.language import speaking

    with speaking(manner.language):
        return build(case, knowledge, full=manner.full, before=manner.before)


def _on_paper(case: Case, knowledge: Knowledge, manner: Manner) -> Brief:
    """The brief as it is printed: its annexes cut to their first rows, unless they are wanted in full."""
    from indicia.share.brief.abridge import abridged

    brief = _brief(case, knowledge, manner)
    return brief if manner.full else abridged(brief)


def _json(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    from indicia.share.plain import case_pieces

    return case_pieces(case)


def _stix(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    from indicia.share.stix import pieces

    return pieces(case, knowledge)


def _misp(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.misp import render

    return render(case, knowledge)


def _navigator(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.navigator import render

    return render(case, knowledge)


def _attack_flow(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.attackflow import render

    return render(case, knowledge)


def _csv(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.indicators import render

    return render(case, knowledge)


def _card(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.card import card

    return card(case)


def _eurepoc(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.eurepoc import render

    return render(case, knowledge)


def _ledger(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.ledger import as_csv

    return as_csv(case, knowledge)


def _jsonld(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.ledger import as_json_ld

    return as_json_ld(case, knowledge)


def _timesketch(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    from indicia.share.timelines import render

    return render(case, knowledge)


# Each imports what it needs when it is called: who wants Markdown does not wait for a PDF compiler.
BRIEFS: dict[str, Callable[[Case, Knowledge, Manner], bytes]] = {"md": _markdown, "html": _html, "pdf": _pdf, "docx": _docx}
OTHERS: dict[str, Callable[[Case, Knowledge], bytes | Iterable[bytes]]] = {
    **plugins(EXPORTERS),
    "json": _json,
    "stix": _stix,
    "misp": _misp,
    "navigator": _navigator,
    "attack-flow": _attack_flow,
    "csv": _csv,
    "timesketch": _timesketch,
    "card": _card,
    "eurepoc": _eurepoc,
    "ledger": _ledger,
    "jsonld": _jsonld,
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
    if form == "stix" and held:
        from indicia.share.stix import pieces as of_bundle

        return of_bundle(case, knowledge, before=held)
    manner = Manner(full=full, language=language, before=before)
    made = BRIEFS[form](case, knowledge, manner) if form in BRIEFS else OTHERS[form](case, knowledge)
    return (made,) if isinstance(made, bytes) else made
