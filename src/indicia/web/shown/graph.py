"""Who says what about whom, as a graph: each line is a stance and leads to its claims, and so does each name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from markupsafe import Markup

from indicia.records import Firmness, Stance
from indicia.view.drawing import OTHERS, WIDTH, Drawing, spread, stroke
from indicia.view.inert import Shown
from indicia.view.positions import Position, is_narration
from indicia.view.words import FLAT, firmness_words

TITLE = "Who says what about whom"
MOST_SOURCES, MOST_ACCUSED = 24, 16
MANY, THIN = 30, 0.5  # lines from which all are drawn thinner, so that they can be told apart
UNSURE = ("quiet", "", "to check")
STEP, TOP = 34.0, 46.0
DOWN = 20.0  # room for the words above both sides


class Sizes(NamedTuple):
    """Where those who speak stand, where those of whom, and how wide the picture is."""

    left: float
    right: float
    wide: float


WIDE, HALF = Sizes(300.0, 640.0, 960.0), Sizes(254.0, 440.0, 690.0)  # of a page, and of half a page


def claim_graph(
    positions: Sequence[Position],
    show: Shown,
    link: Callable[[dict[str, str]], str],
    sizes: Sizes = WIDE,
    *,
    unsure: Collection[str] = (),
) -> Markup:
    """The graph as a page shows it, every mark a link. `link` gives the address of the ledger under filters; a position that
    rests on claims of `unsure` alone is grey. Empty when there is no position."""
    canvas = graph_drawing(positions, show, link, sizes, unsure=unsure)
    return Markup(canvas.linked("claims", TITLE)) if canvas else Markup("")


def graph_drawing(
    positions: Sequence[Position],
    show: Shown,
    link: Callable[[dict[str, str]], str],
    sizes: Sizes = WIDE,
    *,
    unsure: Collection[str] = (),
) -> Drawing | None:
    """The same as a drawing, to be put elsewhere; where `link` gives nothing, without links."""
    # What a text says in its own voice would cross everything; it is drawn only where nobody else speaks.
    positions = [one for one in positions if not is_narration(one)] or list(positions)
    sources = list(dict.fromkeys(one.source for one in positions))
    if not sources:
        return None
    shown = sources[:MOST_SOURCES]
    mine = [one for one in positions if one.source in set(shown)]
    targets = _targets(mine, shown)
    hidden = len(sources) - len(shown), len(targets) - len(targets[:MOST_ACCUSED])
    targets = targets[:MOST_ACCUSED]
    rows = max(len(shown), len(targets))
    canvas = Drawing(sizes.wide, TOP + rows * STEP + 66)
    left, right = ({name: y + DOWN for name, y in spread(names, rows, STEP).items()} for names in (shown, targets))
    canvas.text(sizes.left - 12, 18, "who speaks", size=12, fill="quiet", anchor="end")
    canvas.text(sizes.right + 12, 18, "about whom", size=12, fill="quiet")
    levels = {_target(one): one.level.value for one in mine if one.level}
    thin = THIN if len(mine) > MANY else 1.0
    for one in sorted(mine, key=lambda one: -WIDTH[one.said.firmness]):
        if (target := _target(one)) in right:
            _edge(canvas, one, _stroke(one, unsure), (left[one.source], right[target]), thin, show, link, sizes)
    for source in shown:
        words = show(source, 70)
        canvas.begin(link({"source": source}), f"{words}: all that it says", mark="node", data={"from": source})
        canvas.dot(sizes.left, left[source], 5, "ink")
        canvas.text(sizes.left - 12, left[source] + 4.5, words, size=13, anchor="end", most=sizes.left * 0.9)
        canvas.end()
    for target in targets:
        level = f" ({levels[target]})" if target in levels else ""
        words = show(target, 70) + level
        address = link({} if target == OTHERS else {"accused": target})
        canvas.begin(address, f"{words}: all that is said of it", mark="node", data={"to": target})
        canvas.dot(sizes.right, right[target], 5, "ink")
        canvas.text(sizes.right + 12, right[target] + 4.5, words, size=13, most=(sizes.wide - sizes.right) * 0.9)
        canvas.end()
    _legend(
        canvas,
        list(dict.fromkeys(_stroke(one, unsure) for one in mine)),
        {one.said.firmness for one in mine},
        TOP + rows * STEP + 14,
        hidden,
    )
    return canvas


def _stroke(one: Position, unsure: Collection[str]) -> tuple[str, str, str]:
    """That of its stance; grey where nobody vouches for any of its claims yet."""
    return UNSURE if unsure and all(id in unsure for id in one.claims) else stroke(one)


def _edge(
    canvas: Drawing,
    one: Position,
    look: tuple[str, str, str],
    ends: tuple[float, float],
    thin: float,
    show: Shown,
    link: Callable[[dict[str, str]], str],
    sizes: Sizes,
) -> None:
    colour, dash, _ = look
    target = _target(one)
    middle, (y1, y2) = (sizes.left + sizes.right) / 2, ends
    curve = f"M{sizes.left + 6:.1f} {y1:.1f} C{middle:.1f} {y1:.1f} {middle:.1f} {y2:.1f} {sizes.right - 6:.1f} {y2:.1f}"
    many = f", {len(one.claims)} claims" if len(one.claims) > 1 else ""
    said = f"{show(one.source, 70)} {show(one.saying, 120)}: {firmness_words(one.said)}{many}."
    words = f"{said} “{show(one.firmest.quote.text, 200)}”"
    filters = {"source": one.source, "stance": one.stance.value} | ({} if target == OTHERS else {"accused": one.accused})
    canvas.begin(link(filters), words, mark="edge", data={"from": one.source, "to": target})
    canvas.path(curve, "none", width=16 * thin)  # wide enough to be hit
    canvas.path(curve, colour, width=WIDTH[one.said.firmness] * thin, dash=dash)
    canvas.end()


def _legend(
    canvas: Drawing, strokes: Sequence[tuple[str, str, str]], firmnesses: set[Firmness], y: float, hidden: tuple[int, int]
) -> None:
    x = 6.0
    for colour, dash, word in strokes:
        canvas.line(x, y, x + 34, y, colour, width=3, dash=dash)
        canvas.text(x + 41, y + 4, word, size=12)
        x += 62 + 7.4 * len(word)
    x, y = 6.0, y + 24
    for firmness in (one for one in WIDTH if one in firmnesses):
        word = FLAT if firmness is Firmness.NONE else firmness.value
        canvas.line(x, y, x + 34, y, "ink", width=WIDTH[firmness])
        canvas.text(x + 41, y + 4, word, size=12)
        x += 62 + 7.4 * len(word)
    if any(hidden):
        canvas.text(
            6, y + 22, f"{hidden[0]} more speakers and {hidden[1]} more accused are in the table.", size=12, fill="quiet"
        )


def _target(position: Position) -> str:
    if position.stance in {Stance.ENDORSES, Stance.QUESTIONS, Stance.DECLINES} and position.firmest.accused.party is None:
        return OTHERS
    return position.accused


def _targets(positions: Sequence[Position], shown: Sequence[str]) -> list[str]:
    """Each at the mean height of those who speak of it, so that fewer lines cross."""
    place = {source: index for index, source in enumerate(shown)}
    heights: dict[str, list[int]] = {}
    for one in positions:
        heights.setdefault(_target(one), []).append(place[one.source])
    return sorted(heights, key=lambda target: (sum(heights[target]) / len(heights[target]), target))
