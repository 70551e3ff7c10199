"""Passing it on: the case in every format that can be shared, as people left it or as the machine made it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.pipeline import for_audience
from indicia.records import Tlp
from indicia.share import FORMATS, render
from indicia.share.internals import without_internals
from indicia.share.redact import marking_of
from indicia.web.shown.render import Ask, Page, case_address

__all__ = ["download", "export"]

# format -> (file name, media type, name, what it is for, heading)
READ, MACHINES = "To read and to send", "For other tools"
FILES = {
    "html": ("brief.html", "text/html; charset=utf-8", "Brief, one HTML page", "Opens anywhere, needs nothing else.", READ),
    "pdf": ("brief.pdf", "application/pdf", "Brief, PDF", "To print and to send.", READ),
    "md": ("brief.md", "text/markdown; charset=utf-8", "Brief, Markdown", "To edit as text.", READ),
    "docx": (
        "brief.docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "Brief, Word",
        "To edit in Word.",
        READ,
    ),
    "card": ("card.svg", "image/svg+xml", "Card, one picture", "Who said what, in which words: to publish.", READ),
    "stix": ("bundle.stix.json", "application/json", "STIX 2.1 bundle", "For OpenCTI and other platforms.", MACHINES),
    "misp": ("event.misp.json", "application/json", "MISP event", "For MISP; marks what is fit for detection.", MACHINES),
    "navigator": (
        "layer.navigator.json",
        "application/json",
        "ATT&CK Navigator layer",
        "The techniques in MITRE's viewer.",
        MACHINES,
    ),
    "csv": ("indicators.csv", "text/csv; charset=utf-8", "Indicators, CSV", "For spreadsheets and block lists.", MACHINES),
    "ledger": (
        "ledger.csv",
        "text/csv; charset=utf-8",
        "Ledger, CSV",
        "Every claim with a citation, for spreadsheets.",
        MACHINES,
    ),
    "jsonld": (
        "ledger.jsonld",
        "application/ld+json",
        "Ledger, JSON-LD",
        "Every claim with a citation, as linked data.",
        MACHINES,
    ),
    "eurepoc": (
        "eurepoc.csv",
        "text/csv; charset=utf-8",
        "EuRepoC columns, CSV",
        "Attributions in EuRepoC's own form.",
        MACHINES,
    ),
    "timesketch": ("timeline.jsonl", "application/x-ndjson", "Timeline, JSON Lines", "For Timesketch.", MACHINES),
    "json": (
        "case.json",
        "application/json",
        "The whole case, JSON",
        "To be opened with Indicia again; log lines too.",
        MACHINES,
    ),
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
