"""HTML: the text that a reader of the page reads, block by block, each with the path of its element.

Left out: scripts, styles, navigation, headers and footers of the page, forms, cookie and share boxes, comments, hidden
elements. White space is folded as a browser folds it; the cells of a table row are separated by tabs; `<br>` is a line feed.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from selectolax.lexbor import LexborHTMLParser

from indicia.read.fronts.dates import date_in_head
from indicia.read.fronts.html_apart import GIVEN_UP, HERE, between_tags, read_apart
from indicia.read.fronts.html_meta import beside_the_text, read_meta
from indicia.read.fronts.html_unseen import Unseen
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.unseen import noted_unseen
from indicia.read.text.banners import may_mark
from indicia.records import Block, BlockKind

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_NEVER = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "canvas",
        "audio",
        "video",
        "button",
        "select",
        "input",
        "textarea",
        "option",
        "nav",
        "head",
        "link",
        "meta",
        "menu",
        "dialog",
        "map",
        "area",
        "img",
        "picture",
        "source",
    ]
)
_PAGE_FURNITURE = frozenset(("header", "footer", "aside"))
_BLOCKS = {
    "p": BlockKind.PARAGRAPH,
    "h1": BlockKind.HEADING,
    "h2": BlockKind.HEADING,
    "h3": BlockKind.HEADING,
    "h4": BlockKind.HEADING,
    "h5": BlockKind.HEADING,
    "h6": BlockKind.HEADING,
    "li": BlockKind.LIST_ITEM,
    "dt": BlockKind.LIST_ITEM,
    "dd": BlockKind.LIST_ITEM,
    "tr": BlockKind.ROW,
    "pre": BlockKind.CODE,
    "blockquote": BlockKind.QUOTE,
}
_CONTAINERS = frozenset(
    [
        "html",
        "body",
        "main",
        "article",
        "section",
        "div",
        "table",
        "thead",
        "tbody",
        "tfoot",
        "ul",
        "ol",
        "dl",
        "figure",
        "figcaption",
        "center",
        "details",
        "summary",
        "address",
        "header",
        "footer",
        "aside",
        "fieldset",
        "form",
        "hgroup",
        "search",
    ]
)
_FURNITURE_WORDS = re.compile(
    r"(?:^|[\s_-])(nav|navbar|navigation|menu|breadcrumbs?|cookie|consent|gdpr|share|sharing|social|subscribe|newsletter|related|"
    r"sidebar|footer|masthead|skip-?link|pagination|advert|ads|promo|banner|popup|modal|comments?|widget)(?:$|[\s_-])",
    re.IGNORECASE,
)
_NEVER_TEXT = frozenset(
    ("cookie", "consent", "gdpr", "newsletter", "subscribe", "popup", "modal", "comment", "comments", "footer")
)
_FURNITURE_ROLES = frozenset(("navigation", "banner", "contentinfo", "search", "dialog", "alertdialog", "menu", "menubar"))
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f\v\u00a0\u2007\u202f]+")
_INVISIBLE = re.compile("[\u00ad\u200b\u2060\ufeff]")
_MAX_DEPTH = 400


class _Writer:
    """Gathers the words of blocks and puts two line feeds between blocks, one between rows and between items."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.blocks: list[Block] = []
        self.words: list[str] = []

    def close(self, kind: BlockKind, path: str) -> None:
        raw = "".join(self.words)
        self.words.clear()
        text = raw.strip("\n") if kind is BlockKind.CODE else _folded(raw, kind)
        if not text.strip():
            return
        if self.blocks:
            near = kind in {BlockKind.ROW, BlockKind.LIST_ITEM} and self.blocks[-1].kind is kind
            gap = "\n" if near else "\n\n"
            self.pieces.append(gap)
            self.length += len(gap)
        self.pieces.append(text)
        self.blocks.append(Block(start=self.length, end=self.length + len(text), kind=kind, path=path))
        self.length += len(text)


def _folded(raw: str, kind: BlockKind) -> str:
    """White space folded; `\\x1e` (a break) becomes a line feed, `\\x1f` (the end of a cell) a tab."""
    text = _SPACE.sub(" ", raw)
    if "\x1e" in text:
        text = re.sub(r" ?\x1e(?: ?\x1e)* ?", " " if kind is BlockKind.ROW else "\n", text)
    if kind is BlockKind.ROW:
        return re.sub(r" ?\x1f ?", "\t", text).strip(" ").removesuffix("\t")
    return text.strip()


class _Weights:
    """How much of the page's text an element holds. Pages of some makers stand as a whole in a form, or in an element that is
    called after its sidebar or its share buttons."""

    def __init__(self, body: LexborNode) -> None:
        self._body = body

    @cached_property
    def _all(self) -> int:
        return _length(self._body)

    def is_most(self, node: LexborNode) -> bool:
        return _length(node) > 0.5 * self._all

    def is_text(self, node: LexborNode) -> bool:
        """Whether it is something to read and no list of links."""
        length = _length(node)
        linked = sum(len(link.text(deep=True)) for link in node.css("a"))
        return linked < 0.3 * length and (length > 500 or node.css_first("table, pre, code") is not None)


def _length(node: LexborNode) -> int:
    """Characters that a reader could see."""
    return len(node.text(deep=True)) - sum(len(code.text(deep=True)) for code in node.css("script, style, noscript, template"))


def _is_furniture(node: LexborNode, tag: str, inside_article: bool, weights: _Weights) -> bool:
    if tag == "form":
        return not weights.is_most(node)
    if tag in _NEVER:
        return True
    if tag in _PAGE_FURNITURE and not inside_article:
        return True
    attributes = node.attributes
    if not attributes:
        return False
    if "hidden" in attributes or attributes.get("aria-hidden") == "true" or attributes.get("role") in _FURNITURE_ROLES:
        return True
    style = attributes.get("style")
    if style and _HIDDEN_STYLE.search(style):
        return not (inside_article and _is_folded(node))
    if tag in {"html", "body", "main", "article", "p", "td", "tr", "table", "pre"}:
        return False
    named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    found = _FURNITURE_WORDS.search(named) if named.strip() else None
    if found is None or weights.is_most(node):
        return False
    return found[1].lower() in _NEVER_TEXT or not weights.is_text(node)


def _is_folded(node: LexborNode) -> bool:
    """Whether it is folded away until somebody clicks: a list of indicators under an article often is."""
    style = node.attributes.get("style")
    return bool(style and _HIDDEN_STYLE.search(style)) and node.css_first("table, pre, code") is not None


def read_html(markup: str, name: str, limits: Limits, *, here: bool = False) -> Parsed:
    """The readable text of a page. Paths count elements of the same tag from 1: `body/article/p[4]`.

    A page of very many elements is read in a process of its own unless `here`.
    """
    if not here and markup.count("<") > HERE:
        return read_apart(markup, name, limits, read_here)
    markup = _bounded(markup, limits.elements)
    tree = LexborHTMLParser(markup)
    parsed = Parsed(media_type="text/html")
    meta = read_meta(tree)
    parsed.title, parsed.published, parsed.publisher, parsed.language = (
        meta.title,
        meta.published,
        meta.publisher,
        meta.language,
    )
    body = tree.body
    if body is None:
        return parsed
    writer, unseen = _Writer(), Unseen(tree)
    _walk(body, writer, parsed, name, limits, unseen)
    if not writer.blocks:  # everything looked like furniture: better too much than nothing
        unseen.hidden = unseen.doubtful = 0
        _walk(body, writer, parsed, name, limits, unseen, keep_all=True)
    parsed.problems += noted_unseen(name, unseen.hidden, unseen.doubtful, "are white or folded away")
    parsed.text = "".join(writer.pieces)
    parsed.blocks = writer.blocks
    parsed.beside = beside_the_text(tree, markup)
    # A banner may stand in what is no text: the page's head, foot or margin.
    if any(may_mark(body.text(deep=True, separator=gap)) for gap in ("", "\n")):
        every = _Writer()
        _walk(body, every, Parsed(), name, limits, None, keep_all=True)
        parsed.bannered = "".join(every.pieces)
    parsed.published = parsed.published or date_in_head(parsed.text)
    return parsed


def read_here(data: bytes, name: str, limits: Limits) -> Parsed:
    """The same of a page of however many elements, in this process."""
    return read_html(data.decode(), name, limits, here=True)


def _bounded(markup: str, elements: int) -> str:
    """As much of it as may hold one element more than may be read: whatever follows only takes memory."""
    if markup.count("<") <= 2 * elements:  # an end tag for each
        return markup
    return markup[: next(islice(re.finditer("<", markup), 2 * elements, None)).start()]


def _walk(
    body: LexborNode,
    writer: _Writer,
    parsed: Parsed,
    name: str,
    limits: Limits,
    unseen: Unseen | None,
    *,
    keep_all: bool = False,
) -> None:
    """Depth first without recursion, so that a page of a million nested elements costs memory, not the stack. Nothing is read
    that is `unseen`, if that is asked."""
    # One entry per open element: (next child, path, kind, closes its own block, inside an article, inside pre, children
    # seen per tag)
    counts: dict[str, int] = {}
    stack: list[tuple[LexborNode | None, str, BlockKind, bool, bool, bool, dict[str, int]]] = [
        (body.child, "body", BlockKind.PARAGRAPH, True, False, False, counts)
    ]
    weights = _Weights(body)
    seen = too_deep = 0
    while stack:
        node, path, kind, owns, article, pre, counts = stack.pop()
        if node is None:
            if owns:
                writer.close(kind, path)
            elif path.endswith("\x1f"):
                writer.words.append("\x1f")
            continue
        stack.append((node.next, path, kind, owns, article, pre, counts))
        seen += 1
        if seen > limits.elements:
            parsed.problems.append(skipped(name, f"the page has more than {limits.elements:,} elements; the rest was not read"))
            return
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            if "\xad" in text or "\u200b" in text or "\ufeff" in text or "\u2060" in text:
                text = _INVISIBLE.sub("", text)
            writer.words.append(text)
            continue
        if tag.startswith(("-", "#", "!")) or node.is_comment_node:
            continue
        counts[tag] = counts.get(tag, 0) + 1
        if tag == "br":
            writer.words.append("\n" if pre else "\x1e")
            continue
        if tag == "hr":
            writer.close(kind, path)
            continue
        if not keep_all and _is_furniture(node, tag, article, weights) or (keep_all and tag in _NEVER):
            continue
        if unseen is not None and not (article and _is_folded(node)) and unseen.passes_over(node):
            continue
        if len(stack) > _MAX_DEPTH:
            too_deep += 1
            if too_deep == 1:
                parsed.problems.append(skipped(name, f"elements nested deeper than {_MAX_DEPTH} were flattened"))
            writer.words.append(" " + node.text(deep=True, separator=" "))
            continue
        plain_path = path.rstrip("\x1f")
        child_path = f"{plain_path}/{tag}" if counts[tag] == 1 else f"{plain_path}/{tag}[{counts[tag]}]"
        in_row = kind is BlockKind.ROW
        own_kind = _BLOCKS.get(tag)
        inside = article or tag in {"article", "main"}
        if in_row and tag in {"td", "th"}:
            stack.append((node.child, child_path + "\x1f", kind, False, inside, pre, {}))
        elif in_row and (own_kind is not None or tag in _CONTAINERS) and tag != "tr":
            writer.words.append("\x1e")  # a paragraph in a cell: the row stays one line
            stack.append((node.child, child_path, kind, False, inside, pre, {}))
        elif own_kind is not None or tag in _CONTAINERS:
            writer.close(kind, plain_path)
            stack.append((node.child, child_path, _inherit(kind, own_kind), True, inside, tag == "pre", {}))
        else:
            stack.append((node.child, path, kind, False, inside, pre, {}))


def _inherit(outer: BlockKind, own: BlockKind | None) -> BlockKind:
    """A paragraph in a quote is a quote, a paragraph in a list item an item; a list in a quote stays a list."""
    if own is None or own is BlockKind.PARAGRAPH:
        return outer if outer in {BlockKind.QUOTE, BlockKind.LIST_ITEM} else BlockKind.PARAGRAPH
    return own


# The parts of one very long page: read as pages up to as many elements as a page may have, then as the text between its tags.
#
# Pages that people write have a few ten thousand elements. One that goes on for a hundred megabytes of line breaks would cost
# every part of it as much as a page may.
class PageParts:
    """Reads the parts of one page, in their order."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = 2 * limits.elements  # an end tag for each
        self._told = False

    def read(self, markup: str, where: str) -> Parsed:
        """What a part holds, told once where only the text between the tags of the rest is read."""
        if self._left >= 0:
            self._left -= markup.count("<")
            parsed = read_html(markup, where, self._limits)
            if any(GIVEN_UP in problem.what for problem in parsed.problems):
                self._left, self._told = -1, True
            return parsed
        parsed = between_tags(markup)
        if not self._told:
            self._told = True
            what = f"the page has more than {self._limits.elements:,} elements: from here on {GIVEN_UP}"
            parsed.problems.append(skipped(where, what, "this is not how people write pages"))
        return parsed
