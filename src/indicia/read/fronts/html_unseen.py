"""What of a page nobody sees who looks at it: it is put there for machines, and is no statement of anybody's.

By the style of an element, the attributes of old pages, and the rules of the page's own style sheets. Where a sheet of another
file decides, the colour behind a text is not known; then the text is read, and it is said that it may not be seen.

References: CSS 2.1 and CSS Color 4 (named, hexadecimal and functional notations of white).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

# Groups of rules that hold on a screen.
_GROUPS = re.compile(r"@(?:media\s+(?:all|screen)|supports\b.*|layer\b.*)\s*", re.IGNORECASE | re.DOTALL)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_SIZE = re.compile(r"(-?\d*\.?\d+)\s*(px|pt|em|rem|%|vw|vh|in|cm|mm)?")
_PLAIN = re.compile(r"[\w.#*-]{1,80}(?:\s+[\w.#*-]{1,80}){0,3}")  # selectors without states, and quickly answered
_NAME = re.compile(r"[.#][\w-]+")
_RULES = 500  # of a page that are looked at
_SHEET = 500_000  # characters of its sheets
_LEAST = {"px": 4.0, "pt": 3.0, "em": 0.3, "rem": 0.3, "%": 30.0, "vw": 0.3, "vh": 0.3, "in": 0.04, "cm": 0.1, "mm": 1.0}
_FAR = {"px": -500.0, "pt": -400.0, "em": -30.0, "rem": -30.0, "%": -100.0, "vw": -100.0, "vh": -100.0, "in": -5.0, "cm": -13.0}
_WHITE = re.compile(r"white|snow|ivory|ghostwhite|floralwhite|#f[a-f\d]f[a-f\d]f[a-f\d](?:ff)?|#fff(?:f)?", re.IGNORECASE)
_CHANNELS = re.compile(r"rgba?\(\s*(\d+)[,\s]+(\d+)[,\s]+(\d+)(?:\s*[,/]\s*([\d.]+%?))?\s*\)", re.IGNORECASE)
_TELLING = frozenset(
    """display visibility opacity mso-hide clip clip-path position transform text-indent left top right margin-left margin-top
    font-size color background background-color background-image""".split()
)
Style = Mapping[str, str]


def _declared(text: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in text.split(";"))
    said = {name.strip().lower(): value.replace("!important", "").strip().lower() for name, _, value in pairs if value}
    return {name: value for name, value in said.items() if name in _TELLING}


def _number(text: str) -> tuple[float, str] | None:
    found = _SIZE.fullmatch(text.strip())
    return (float(found[1]), found[2] or "") if found else None


def _is_gone(style: Style) -> bool:
    """Whether nothing within is seen, whatever it says of itself."""
    opacity = _number(style.get("opacity", "1"))
    return (
        style.get("display") == "none"
        or style.get("visibility") in {"hidden", "collapse"}
        or (opacity is not None and opacity[0] <= 0.05)
        or style.get("mso-hide") == "all"
        or "inset(100%)" in style.get("clip-path", "").replace(" ", "")
        or (re.sub(r"px|\s|,", "", style.get("clip", "")) in {"rect(0000)", "rect(1111)"} and "position" in style)
        or "scale(0)" in style.get("transform", "").replace(" ", "")
        or any(_is_far(style.get(name, "")) for name in ("text-indent", "left", "top", "margin-left", "margin-top", "right"))
    )


def _is_far(text: str) -> bool:
    found = _number(text)
    return found is not None and found[0] <= _FAR.get(found[1], -500.0)


def _is_tiny(style: Style) -> bool:
    found = _number(style.get("font-size", ""))
    return found is not None and found[0] < _LEAST.get(found[1], 4.0)


def _is_clear(colour: str) -> bool:
    found = _CHANNELS.search(colour)
    return colour == "transparent" or bool(found and found[4] and float(found[4].rstrip("%")) <= 0.05)


def _is_white(colour: str) -> bool:
    found = _CHANNELS.search(colour)
    return min(map(int, found.group(1, 2, 3))) >= 240 if found else bool(_WHITE.match(colour))


class Unseen:
    """Says of the elements of one page whether they are seen, and counts the characters that are not (`hidden`), or of which
    that is not known (`doubtful`)."""

    def __init__(self, tree: LexborHTMLParser) -> None:
        self.hidden = self.doubtful = 0
        self._styles: dict[int, dict[str, str]] = {}  # what the page's own sheets say of an element
        self._sheets_elsewhere = tree.css_first("link[rel~=stylesheet]") is not None
        rules = list(islice(_rules(tree), _RULES))
        shown = {
            name for selector, style in rules if style.get("display", "none") != "none" for name in _NAME.findall(selector)
        }
        for selector, style in rules:
            toggled = style.get("display") == "none" and not shown.isdisjoint(_NAME.findall(selector))
            said = style | {"display": "toggled"} if toggled else style
            if _PLAIN.fullmatch(selector):
                for node in tree.css(selector):
                    self._styles.setdefault(node.mem_id, {}).update(said)

    def passes_over(self, node: LexborNode) -> bool:
        """Whether nobody sees what stands in the element, which is counted."""
        if not self._is_unseen(node):
            return False
        self.hidden += len(node.text(deep=True).strip())
        return True

    def _is_unseen(self, node: LexborNode) -> bool:
        tag = node.tag or ""
        if tag in {"html", "body"}:
            return False  # hidden until a script has run
        if "hidden" in node.attributes:
            return True
        style = self._style(node)
        if not style:
            return False
        if _is_gone(style):
            return True
        if style.get("display") == "toggled":  # by a script, or never
            self.doubtful += len(node.text(deep=True).strip())
            return False
        colour = style.get("color", "")
        if not (_is_tiny(style) or _is_clear(colour) or _is_white(colour)) or _speaks_for_itself(node):
            return False
        if _is_tiny(style) or _is_clear(colour):
            return True
        behind = self._behind(node)
        if behind is None:
            self.doubtful += len(node.text(deep=True).strip())
        return behind is True

    def _style(self, node: LexborNode) -> dict[str, str]:
        attributes = node.attributes
        style = dict(self._styles.get(node.mem_id, {}))
        if "color" in attributes and node.tag == "font":
            style["color"] = (attributes["color"] or "").lower()
        if attributes.get("bgcolor"):
            style["background-color"] = (attributes["bgcolor"] or "").lower()
        return style | _declared(attributes.get("style") or "")

    def _behind(self, node: LexborNode | None) -> bool | None:
        """Whether it is white behind the element; None where that is not known."""
        named = False
        while node is not None and node.tag not in {None, "-document", "-undef"}:
            style = self._style(node)
            background = style.get("background-color") or style.get("background") or style.get("background-image") or ""
            if background and not _is_clear(background.split(" ")[0]) and background not in {"none", "inherit"}:
                return _is_white(background)
            named = named or (node.tag not in {"html", "body"} and not {"class", "id"}.isdisjoint(node.attributes))
            node = node.parent
        return None if named and self._sheets_elsewhere else True


def _speaks_for_itself(node: LexborNode) -> bool:
    """Whether something within has a size or a colour of its own, or may have one by its name."""
    named = node.css("[class], [id], [style*=font-size], [style*=color]")
    return any(one.mem_id != node.mem_id for one in named)


def _rules(tree: LexborHTMLParser) -> Iterator[tuple[str, dict[str, str]]]:
    """The rules of the page's own sheets that hold on a screen, as selector and declarations."""
    sheet = _COMMENT.sub(" ", "\n".join(one.text(deep=True) for one in tree.css("style"))[:_SHEET])
    open_ones: list[tuple[str, bool]] = []  # what stands before each brace, and whether it holds on a screen
    start = 0
    for brace in re.finditer("[{}]", sheet):
        before, start = sheet[start : brace.start()], brace.end()
        if brace[0] == "{":
            head = before.rpartition(";")[2].strip()
            holds = not open_ones or open_ones[-1][1]
            open_ones.append((head, holds and (not head.startswith("@") or _GROUPS.fullmatch(head) is not None)))
        elif open_ones:
            head, holds = open_ones.pop()
            style = _declared(before) if holds and not head.startswith("@") else {}
            for selector in head.split(",") if style else ():
                yield selector.strip(), style
