"""Tables that leave the page: CSV (RFC 4180) that a spreadsheet shows and does not run, written as it is read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from starlette.responses import StreamingResponse

from indicia.records import Tlp
from indicia.view.inert import inert_cell

__all__ = ["as_csv"]

CHUNK = 64_000  # characters sent at a time


def as_csv(name: str, head: Sequence[str], rows: Iterable[Sequence[object]], marking: Tlp) -> StreamingResponse:
    """A download. The marking stands in a last column, since a table has neither head nor foot."""

    def text() -> Iterator[str]:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([*head, "tlp"])
        for row in rows:
            cells = (str(cell).encode("utf-8", "replace").decode("utf-8") for cell in (*row, marking.label))
            writer.writerow([inert_cell(cell) for cell in cells])
            if out.tell() > CHUNK:
                yield out.getvalue()
                out.seek(0)
                out.truncate()
        yield out.getvalue()

    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Marking": marking.label}
    return StreamingResponse(text(), media_type="text/csv; charset=utf-8", headers=headers)
