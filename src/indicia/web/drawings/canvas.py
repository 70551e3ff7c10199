"""SVG with links, in the page's own colours: classes only, so that light and dark and the policy without inline style hold."""

from __future__ import annotations

from html import escape

from indicia.share.brief.inert import visible
from indicia.share.brief.pictures.svg import fit, number

__all__ = ["Canvas"]


class Canvas:
    """Shapes in the order in which they are drawn; y grows downwards. Text of others is made visible and escaped here."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        self._parts: list[str] = []

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, round_: float = 0) -> None:
        corner = f' rx="{number(round_)}"' if round_ else ""
        self._parts.append(
            f'<rect class="f-{fill}" x="{number(x)}" y="{number(y)}" width="{number(max(w, 0))}" '
            f'height="{number(max(h, 0))}"{corner}/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, stroke: str = "rule", *, width: float = 1, dash: str = ""
    ) -> None:
        pattern = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(
            f'<line class="s-{stroke}" x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}" '
            f'stroke-width="{number(width)}"{pattern}/>'
        )

    def path(self, d: str, stroke: str, *, width: float = 1, dash: str = "") -> None:
        pattern = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<path class="s-{stroke}" d="{d}" fill="none" stroke-width="{number(width)}"{pattern}/>')

    def dot(self, x: float, y: float, r: float, fill: str) -> None:
        self._parts.append(f'<circle class="f-{fill}" cx="{number(x)}" cy="{number(y)}" r="{number(r)}"/>')

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        fill: str = "ink",
        anchor: str = "start",
        bold: bool = False,
        most: float = 0,
    ) -> None:
        shown = fit(text, most, size) if most else visible(text)
        weight = ' font-weight="600"' if bold else ""
        place = f' text-anchor="{anchor}"' if anchor != "start" else ""
        self._parts.append(
            f'<text class="f-{fill}" x="{number(x)}" y="{number(y)}" font-size="{number(size)}"{weight}{place}>'
            f"{escape(shown)}</text>"
        )

    def begin(self, href: str, title: str, *, mark: str = "") -> None:
        """What is drawn until `end` is a link that says `title`; `href` is an address of ours."""
        words = escape(visible(" ".join(title.split())))
        look = f' class="{mark}"' if mark else ""
        self._parts.append(f'<a href="{escape(href)}"{look} aria-label="{words}"><title>{words}</title>')

    def end(self) -> None:
        self._parts.append("</a>")

    def svg(self, name: str, title: str) -> str:
        """The picture as one element; its links stay reachable, so it is a group and not an image."""
        return (
            f'<svg class="drawing" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(self.width)} {number(self.height)}" '
            f'width="{number(self.width)}" height="{number(self.height)}" role="group" aria-labelledby="{name}-t">'
            f'<title id="{name}-t">{escape(visible(title))}</title>{"".join(self._parts)}</svg>'
        )
