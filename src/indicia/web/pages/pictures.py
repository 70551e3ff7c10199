"""Pictures to take along: claim graph and timeline as the filters leave them, as SVG or PNG, with their marking."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia import __version__
from indicia.records import Tlp, to_check
from indicia.share.brief.pdf import png
from indicia.share.redact import marking_of, marking_of_texts
from indicia.view.affair import subject
from indicia.view.drawing import Drawing
from indicia.view.positions import positions
from indicia.web.pages.ledger import coalition_of
from indicia.web.pages.timeline import drawn
from indicia.web.shown.drawings import graph, timeline
from indicia.web.shown.render import Ask

__all__ = ["picture"]

EDGE, HEAD, FOOT = 24.0, 64.0, 40.0  # around a picture, above and below it


def picture(ask: Ask) -> Response:
    """One picture as a file; `of=affair` is the graph of the main affair alone. Raises: HTTPException 404, ExtraError."""
    held = ask.held
    name, _, form = ask.request.path_params["file"].rpartition(".")
    if name not in {"claims", "timeline"} or form not in {"svg", "png"}:
        raise HTTPException(404, "There is no such picture.")
    if name == "claims":
        found = positions(subject(held.case).mine) if ask.one("of") == "affair" else coalition_of(ask)
        unsure = {one.id for one in to_check(held.corrected, held.machine.judgements)}
        canvas = graph.graph_drawing(found, held.show, lambda _: "", unsure=unsure)
        title, marking = graph.TITLE, marking_of_texts(held.case)
    else:
        canvas, title, marking = drawn(ask), timeline.TITLE, marking_of(held.case)
    if canvas is None:
        raise HTTPException(404, "The filters leave nothing to draw.")
    svg = _framed(canvas, f"{held.title}: {title[0].lower()}{title[1:]}", marking)
    headers = {"Content-Disposition": f'attachment; filename="{held.slug}-{name}.{form}"', "X-Marking": marking.label}
    if form == "png":
        return Response(png(svg), media_type="image/png", headers=headers)
    return Response(svg.encode("utf-8", "replace"), media_type="image/svg+xml", headers=headers)


def _framed(canvas: Drawing, title: str, marking: Tlp) -> str:
    """The picture on paper, with a title, its marking and what made it."""
    wide, high = canvas.width + 2 * EDGE, canvas.height + HEAD + FOOT
    whole = Drawing(wide, high)
    whole.rect(0, 0, wide, high, "paper")
    whole.text(EDGE, 36, title, size=18, bold=True, most=wide - 2 * EDGE - 160)
    whole.text(wide - EDGE, 36, marking.label, size=14, bold=True, anchor="end")
    whole.place(canvas, EDGE, HEAD)
    made = f"Made with Indicia {__version__}. A statement says what its speaker said, not whether it is true."
    whole.text(EDGE, high - 16, made, size=12, fill="quiet")
    return whole.svg("picture", title, title)
