"""The techniques of a case in ATT&CK's own order, shaded by how sure they are: seen, stated, typical of the accused."""

from __future__ import annotations

from indicia.share.brief.blocks import Picture
from indicia.view.drawing import HEAT, Cell, Drawing, fit, width_of


def matrix(cells: tuple[Cell, ...], tactics: tuple[tuple[str, str], ...]) -> Picture | None:
    """`tactics` are (shortname, name) in ATT&CK's order; those without a technique of the case are left out and named below."""
    columns = [(name, [cell for cell in cells if short in cell.tactics]) for short, name in tactics]
    used = [
        (name, sorted(column, key=lambda cell: (list(HEAT).index(cell.heat), cell.id))) for name, column in columns if column
    ]
    if not used:
        return None
    empty = [name for name, column in columns if not column]
    gap, high = 4.0, 48.0
    wide = max(92.0, min(150.0, (1000 - gap * len(used)) / len(used)))
    tall = max(len(column) for _, column in used)
    drawing = Drawing(max(480.0, (wide + gap) * len(used) + 2), 0)
    for index, (name, column) in enumerate(used):
        x = index * (wide + gap) + 1
        _wrapped(drawing, x + 2, 14, name, wide - 4, size=11, fill="ink", bold=True)
        for row, cell in enumerate(column):
            y = 38 + row * (high + gap)
            fill, ink, dash, _ = HEAT[cell.heat]
            drawing.rect(x, y, wide, high, fill, stroke="rule", round_=3, dash=dash)
            drawing.text(x + 6, y + 14, cell.id, size=11, fill=ink, bold=True)
            if cell.count > 1:
                drawing.text(x + wide - 6, y + 14, f"\u00d7{cell.count}", size=10, fill=ink, anchor="end")
            _wrapped(drawing, x + 6, y + 28, cell.name, wide - 10, size=10, fill=ink, bold=False)
    y = 38 + tall * (high + gap) + 10
    x = 1.0
    present = {cell.heat for _, column in used for cell in column}
    for heat in (heat for heat in HEAT if heat in present):
        fill, _, dash, meaning = HEAT[heat]
        if x + 34 + width_of(meaning, 11) > drawing.width:
            x, y = 1.0, y + 20
        drawing.rect(x, y, 14, 14, fill, stroke="rule", round_=2, dash=dash)
        drawing.text(x + 20, y + 11.5, meaning, size=11)
        x += 34 + width_of(meaning, 11)
    if empty:
        drawing.text(1, y + 32, f"Nothing in: {', '.join(empty)}.", size=10.5, fill="quiet", most=drawing.width - 4)
    drawing.height = y + (44 if empty else 22)
    title = "Techniques in ATT&CK's order"
    alt = f"{title}. " + ". ".join(
        f"{name}: {', '.join(f'{cell.id} {HEAT[cell.heat][3]}' for cell in column[:40])}" for name, column in used
    )
    return Picture(name="matrix", svg=drawing.svg("matrix", title, alt), title=title, alt=alt, size="wide")


def _wrapped(drawing: Drawing, x: float, y: float, text: str, width: float, *, size: float, fill: str, bold: bool) -> None:
    """At most two lines."""
    first = ""
    words = text.split()
    while words and width_of(f"{first} {words[0]}".strip(), size, bold=bold) <= width:
        first = f"{first} {words.pop(0)}".strip()
    lines = [first or fit(words.pop(0), width, size, bold=bold), fit(" ".join(words), width, size, bold=bold) if words else ""]
    for index, one in enumerate(part for part in lines if part):
        drawing.text(x, y + index * (size + 2), one, size=size, fill=fill, bold=bold)
