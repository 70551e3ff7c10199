"""Sharing: a case as one file of one format.

    render(case, "html", knowledge) -> bytes
    pieces(case, "timesketch", knowledge) -> the same bytes, piece by piece

`BRIEFS` and `OTHERS` are the table of all of them; a new format is one function and one row, or an entry point of another
package.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from indicia.errors import UsageError
from indicia.knowledge import Knowledge
from indicia.plugins import EXPORTERS, plugins
from indicia.records import Case
from indicia.share.redact import as_marked

__all__ = ["BRIEFS", "FORMATS", "pieces", "render"]


def _markdown(case: Case, knowledge: Knowledge, full: bool) -> bytes:
    from indicia.share.brief.abridge import abridged
    from indicia.share.brief.build import build
    from indicia.share.brief.markdown import markdown

    brief = build(case, knowledge, full=full)
    return markdown(brief if full else abridged(brief))


def _html(case: Case, knowledge: Knowledge, full: bool) -> bytes:
    from indicia.share.brief.build import build
    from indicia.share.brief.html import html

    return html(build(case, knowledge, full=full), unfolded=full)


def _pdf(case: Case, knowledge: Knowledge, full: bool) -> bytes:
    from indicia.share.brief.abridge import abridged
    from indicia.share.brief.build import build
    from indicia.share.brief.pdf import pdf

    brief = build(case, knowledge, full=full)
    return pdf(brief if full else abridged(brief))


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


def _csv(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.feed import render

    return render(case, knowledge)


def _card(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.card import card

    return card(case)


def _eurepoc(case: Case, knowledge: Knowledge) -> bytes:
    from indicia.share.eurepoc import render

    return render(case, knowledge)


def _timesketch(case: Case, knowledge: Knowledge) -> Iterator[bytes]:
    from indicia.share.timesketch import render

    return render(case, knowledge)


# Each imports what it needs when it is called: who wants Markdown does not wait for a PDF compiler.
BRIEFS: dict[str, Callable[[Case, Knowledge, bool], bytes]] = {"md": _markdown, "html": _html, "pdf": _pdf}
OTHERS: dict[str, Callable[[Case, Knowledge], bytes | Iterable[bytes]]] = {
    **plugins(EXPORTERS),
    "json": _json,
    "stix": _stix,
    "misp": _misp,
    "navigator": _navigator,
    "csv": _csv,
    "timesketch": _timesketch,
    "card": _card,
    "eurepoc": _eurepoc,
}
FORMATS = (*BRIEFS, *OTHERS)


def render(case: Case, format: str, knowledge: Knowledge, *, full: bool = False) -> bytes:
    """One file: the same bytes for the same case and knowledge. Raises: UsageError for a format that is not in the table."""
    return b"".join(pieces(case, format, knowledge, full=full))


def pieces(case: Case, format: str, knowledge: Knowledge, *, full: bool = False) -> Iterable[bytes]:
    """The same file piece by piece, for whoever writes it as it is made; a brief with all of its annexes where it is `full`.

    Raises: as `render`.
    """
    form = format.lower()
    if form not in FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"known: {', '.join(FORMATS)}")
    if form in plugins(EXPORTERS):
        case = as_marked(case)  # other packages know nothing of texts without a marking
    made = BRIEFS[form](case, knowledge, full) if form in BRIEFS else OTHERS[form](case, knowledge)
    return (made,) if isinstance(made, bytes) else made
