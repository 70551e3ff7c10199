"""Passing it on: the case in every format that can be shared, as people left it or as the machine made it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from indicia.share import FORMATS, render
from indicia.web.render import Ask, Page, case_address

__all__ = ["download", "export"]

# format -> (file name, media type, name, what it is for)
FILES = {
    "html": ("brief.html", "text/html; charset=utf-8", "Brief, one HTML page", "Opens anywhere, needs nothing else."),
    "pdf": ("brief.pdf", "application/pdf", "Brief, PDF", "To print and to send."),
    "md": ("brief.md", "text/markdown; charset=utf-8", "Brief, Markdown", "To go on writing."),
    "json": ("case.json", "application/json", "The whole case, JSON", "Everything, to be opened with Indicia again."),
    "stix": ("bundle.stix.json", "application/json", "STIX 2.1 bundle", "For OpenCTI and other platforms."),
    "misp": ("event.misp.json", "application/json", "MISP event", "For MISP; marks what is fit for detection."),
    "navigator": ("layer.navigator.json", "application/json", "ATT&CK Navigator layer", "The techniques in MITRE's viewer."),
    "csv": ("indicators.csv", "text/csv; charset=utf-8", "Indicators, CSV", "For spreadsheets and block lists."),
    "timesketch": ("timeline.jsonl", "application/x-ndjson", "Timeline, JSON Lines", "For Timesketch."),
}


def export(ask: Ask) -> Page:
    """All formats, with the marking that each will carry."""
    held = ask.held
    rows = []
    for form in sorted(FORMATS, key=lambda name: list(FILES).index(name) if name in FILES else 99):
        file, _, name, what = FILES.get(form, (f"case.{form}", "", form, ""))
        rows.append(
            {"format": form, "file": file, "name": name, "what": what, "address": case_address(held.slug, "export", form)}
        )
    data = {"formats": rows, "marking": held.case.marking.label, "judgements": len(held.machine.judgements)}
    return Page("export.html.j2", "Export", data)


def download(ask: Ask) -> Response:
    """One file. `as=machine` leaves out what people decided. Raises: HTTPException 404 for an unknown format."""
    held, form = ask.held, ask.request.path_params["form"]
    if form not in FORMATS:
        raise HTTPException(404, f"There is no such format. Known are: {', '.join(FORMATS)}.")
    case = held.machine if ask.one("as") == "machine" else held.case
    file, media, _, _ = FILES.get(form, (f"case.{form}", "application/octet-stream", "", ""))
    headers = {
        "Content-Disposition": f'attachment; filename="{held.slug}-{file}"',
        # The brief brings its own policy; whoever opens it from here gets it without any right.
        "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
        "X-Marking": case.marking.label,
    }
    return Response(render(case, form, ask.knowledge), media_type=media, headers=headers)
