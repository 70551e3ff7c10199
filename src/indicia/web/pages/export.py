"""Passing it on: the case in every format that can be shared, as people left it or as the machine made it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia import __version__
from indicia.pipeline import for_audience
from indicia.records import Tlp, to_check
from indicia.share import FORMATS, render
from indicia.share.brief.pdf import png
from indicia.share.internals import without_internals
from indicia.share.redact import marking_of, marking_of_texts
from indicia.view.affair import subject
from indicia.view.drawing import Drawing
from indicia.view.positions import positions
from indicia.web.pages import timeline
from indicia.web.pages.ledger import coalition_of
from indicia.web.pages.timeline import drawn
from indicia.web.shown import graph
from indicia.web.shown.render import Ask, Page, case_address

# format -> (file name, media type, name, what it is for, heading)
READ, MACHINES = "To read and to send", "For other tools"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML, MARKDOWN, JSON, LINES = (
    "text/html; charset=utf-8",
    "text/markdown; charset=utf-8",
    "application/json",
    "application/x-ndjson",
)
CSV, LINKED, PDF, SVG = "text/csv; charset=utf-8", "application/ld+json", "application/pdf", "image/svg+xml"
FILES = {
    "html": ("brief.html", HTML, "Brief, one HTML page", "Opens anywhere, needs nothing else.", READ),
    "pdf": ("brief.pdf", PDF, "Brief, PDF", "To print and to send.", READ),
    "md": ("brief.md", MARKDOWN, "Brief, Markdown", "To edit as text.", READ),
    "docx": ("brief.docx", WORD, "Brief, Word", "To edit in Word.", READ),
    "card": ("card.svg", SVG, "Card, one picture", "Who said what, in which words: to publish.", READ),
    "stix": ("bundle.stix.json", JSON, "STIX 2.1 bundle", "For OpenCTI and other platforms.", MACHINES),
    "misp": ("event.misp.json", JSON, "MISP event", "For MISP; marks what is fit for detection.", MACHINES),
    "navigator": ("layer.navigator.json", JSON, "ATT&CK Navigator layer", "The techniques in MITRE's viewer.", MACHINES),
    "attack-flow": ("attack-flow.json", JSON, "Attack Flow", "What was done, step by step.", MACHINES),
    "csv": ("indicators.csv", CSV, "Indicators, CSV", "For spreadsheets and block lists.", MACHINES),
    "ledger": ("ledger.csv", CSV, "Ledger, CSV", "Every claim with a citation, for spreadsheets.", MACHINES),
    "jsonld": ("ledger.jsonld", LINKED, "Ledger, JSON-LD", "Every claim with a citation, as linked data.", MACHINES),
    "eurepoc": ("eurepoc.csv", CSV, "EuRepoC columns, CSV", "Attributions in EuRepoC's own form.", MACHINES),
    "timesketch": ("timeline.jsonl", LINES, "Timeline, JSON Lines", "For Timesketch.", MACHINES),
    "json": ("case.json", JSON, "The whole case, JSON", "To be opened with Indicia again; log lines too.", MACHINES),
}
WHOLE = "json"  # is the case itself: nothing of the house's own is taken out of it


def export(ask: Ask) -> Page:
    """All formats, with the marking that each will carry."""
    held = ask.held
    chosen = {name: text for name in ("for", "internal", "as", "public", "untold") if (text := ask.one(name))}
    query = ask.link().partition("?")[2]
    rows = []
    for form in sorted(FORMATS, key=lambda name: list(FILES).index(name) if name in FILES else 99):
        file, _, name, what, _ = FILES.get(form, (f"case.{form}", "", form, "", MACHINES))
        address = case_address(held.slug, "export", form) + (f"?{query}" if chosen and query else "")
        rows.append({"format": form, "file": file, "name": name, "what": what, "address": address})
    marking = marking_of(held.case)
    audience = _audience(ask)
    data = {"formats": rows, "marking": marking.label, "judgements": len(held.machine.judgements)}
    view: dict[str, Any] = {
        "groups": [
            (heading, [row for row in rows if FILES.get(row["format"], ("",) * 4 + (MACHINES,))[4] == heading])
            for heading in (READ, MACHINES)
        ],
        "audiences": [(one.value, one.label) for one in Tlp if one.rank < marking.rank],
        "audience": audience.value if audience else "",
        "internal": bool(ask.one("internal")),
        "machine": ask.one("as") == "machine",
        "public": bool(ask.one("public")),
        "untold": bool(ask.one("untold")),
    }
    return Page("export.html.j2", "Export", data, view)


def _audience(ask: Ask) -> Tlp | None:
    try:
        return Tlp.read(ask.one("for")) if ask.one("for") else None
    except ValueError:
        raise HTTPException(400, f"There is no marking {ask.one('for')!r}.") from None


def download(ask: Ask) -> Response:
    """One file, as `indicia share` makes it: `for` leaves out what is marked above, `public` all that our own logs told,
    `untold` the line that says so, `internal` keeps names of our machines and people, `as=machine` leaves out what people
    decided. Raises: HTTPException."""
    held, form = ask.held, ask.request.path_params["form"]
    if form not in FORMATS:
        raise HTTPException(404, f"There is no such format. Known are: {', '.join(FORMATS)}.")
    case = for_audience(
        held.whole(),
        _audience(ask),
        ask.knowledge,
        public=bool(ask.one("public")),
        told=not ask.one("untold"),
        laid_over=form != WHOLE and ask.one("as") != "machine",
    )
    if form != WHOLE and not ask.one("internal"):
        case = without_internals(case)
    file, media, _, _, _ = FILES.get(form, (f"case.{form}", "application/octet-stream", "", "", ""))
    headers = {
        "Content-Disposition": f'attachment; filename="{held.slug}-{file}"',
        # The brief brings its own policy; whoever opens it from here gets it without any right.
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "X-Marking": marking_of(case).label,
    }
    return Response(render(case, form, ask.knowledge), media_type=media, headers=headers)


# Pictures to take along: claim graph and timeline as the filters leave them, as SVG or PNG, with their marking.
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
