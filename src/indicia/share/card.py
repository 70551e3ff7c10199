"""The case as one picture: who said what, in which words, with a line to cite it by. SVG, or PNG set from it."""

from __future__ import annotations

from collections import defaultdict

from indicia.knowledge import Knowledge
from indicia.knowledge.articles import capital
from indicia.records import Case, Claim, Level, Span, Stance
from indicia.share.brief.pdf import png
from indicia.share.redact import marking_of
from indicia.view.affair import subject, titled
from indicia.view.drawing import Drawing, stroke, width_of
from indicia.view.inert import Shown, clip
from indicia.view.judgements import agreeing, listed, voices_of
from indicia.view.positions import Position, is_narration, positions
from indicia.view.slots import counted, rows
from indicia.view.wording import in_quotes, many
from indicia.view.words import by_state

WIDE, LEFT, WHO, EDGE = 1200.0, 48.0, 300.0, 48.0  # the picture, its left edge, where words begin, its right edge
ROWS = 7  # voices, of which the last stands for a denial where there is one
LINES = 3  # lines of one quote
SIZE, STEP = 19.0, 25.0


def card(case: Case, _: Knowledge | None = None) -> bytes:
    """The picture as SVG in UTF-8."""
    return _drawn(case).encode("utf-8", "replace")


def card_png(case: Case) -> bytes:
    """The same as PNG. Raises: ExtraError where the compiler that sets it is not installed."""
    return png(_drawn(case))


def _drawn(case: Case) -> str:
    show = Shown()
    about = subject(case)
    found = [one for one in positions(about.mine) if not is_narration(one) and not about.on_it.isdisjoint(one.claims)]
    chosen = _chosen(found)
    title = f"{show(titled(case), 70)}: who said what, in which words"
    drawing = Drawing(WIDE, 0)
    drawing.rect(0, 0, WIDE, 4000, "paper")
    drawing.text(LEFT, 62, title, size=30, bold=True, most=WIDE - LEFT - EDGE)
    drawing.text(LEFT, 94, capital(counted(rows(case, about))) + ".", size=18, fill="quiet", most=WIDE - LEFT - EDGE - 160)
    drawing.text(WIDE - EDGE, 94, marking_of(case).label, size=18, bold=True, anchor="end")
    y = 116.0
    spoken = []
    for voices in chosen:
        y = _row(drawing, voices, case, y, show)
        spoken.append(f"{listed(voices_of(voices))}: {voices[0].says}")
    if not chosen:
        drawing.text(LEFT, y + 34, "No claim by a named source was found on this affair.", size=SIZE)
        y += 60
    rest = len(found) - sum(map(len, chosen))
    room = 90 if len(case.documents) == 1 else 40
    titles = [
        show(document.publisher or document.title or document.name.rpartition("/")[2], room) for document in case.documents
    ]
    days = sorted(document.published for document in case.documents if document.published)
    when = f", {days[0]}" + (f" to {days[-1]}" if days[-1] != days[0] else "") if days else ""
    more = f"{many(rest, 'more statement')} not shown. " if rest else ""
    drawing.line(LEFT, y + 14, WIDE - EDGE, y + 14, "rule")
    cite = f"{more}Quoted from {many(len(case.documents), 'text')}{when}: {'; '.join(dict.fromkeys(titles)).removesuffix('.')}"
    cite += "" if cite.endswith("\u2026") else "."
    drawing.text(LEFT, y + 42, cite, size=14, fill="quiet", most=WIDE - LEFT - EDGE)
    made = f"Made with Indicia {case.versions.indicia}. A quote says what its speaker said, not whether it is true."
    drawing.text(LEFT, y + 64, made, size=14, fill="quiet", most=WIDE - LEFT - EDGE)
    drawing.height = y + 88
    return drawing.svg("card", title, f"{title}. " + "; ".join(spoken) + f". {cite}")


def _chosen(found: list[Position]) -> list[list[Position]]:
    """Those who say the same in one quote together: the firmest first, each speaker once, a denial always and last."""
    ordered = sorted(found, key=lambda one: (bool(one.tie), -one.said.firmness.strength, one.source))
    together: dict[tuple[str, Span], list[Position]] = defaultdict(list)
    for one in ordered:
        together[(one.says, one.firmest.quote)].append(one)
    heard: set[str] = set()
    chosen = []
    for voices in together.values():
        new = [one for one in voices if one.source not in heard]
        if new and new[0].stance is not Stance.DENIES:
            chosen.append(new)
            heard.update(one.source for one in new)
    denials = [voices for voices in together.values() if voices[0].stance is Stance.DENIES][:1]
    return [*chosen[: ROWS - len(denials)], *denials]


def _row(drawing: Drawing, voices: list[Position], case: Case, y: float, show: Shown) -> float:
    """One voice: who and when on the left, its words on the right. Gives where the next begins."""
    one, who = voices[0], listed(voices_of(voices), 3)
    verb, _, whom = one.says.partition(" ")
    says = f"{agreeing(verb, voices)} {whom}{_of_state(one, whom)}"
    colour, dash, _ = stroke(one)
    quote = _lines(in_quotes(show(_words(one.firmest), 600)), WIDE - EDGE - WHO - 24)
    names = _lines(show(capital(who), 90), WHO - LEFT - 20, bold=True)
    high = max(len(quote) + 1, len(names) + 1) * STEP + 10
    drawing.line(LEFT, y + 10, WIDE - EDGE, y + 10, "rule")
    drawing.line(WHO - 4, y + 22, WHO - 4, y + high + 2, colour, width=4, dash=dash)
    for number, text in enumerate(names):
        drawing.text(LEFT, y + 36 + number * STEP, text, size=SIZE, bold=True, most=WHO - LEFT - 14)
    date = one.firmest.date or next((doc.published for doc in case.documents if doc.id == one.firmest.quote.document), None)
    drawing.text(LEFT, y + 36 + len(names) * STEP, show(date or "no date", 20), size=15, fill="quiet")
    drawing.text(WHO + 14, y + 36, show(says, 110), size=17, fill=colour, bold=True, most=WIDE - EDGE - WHO - 20)
    for number, text in enumerate(quote):
        drawing.text(WHO + 14, y + 36 + (number + 1) * STEP, text, size=SIZE, most=WIDE - EDGE - WHO - 14)
    return y + high


def _of_state(one: Position, whom: str) -> str:
    """The state that the source itself names with whom it accuses, where the words for whom do not tell it."""
    accused = one.firmest.accused
    if one.tie or accused.state_said is None or accused.level in {Level.PLACE, Level.STATE}:
        return ""
    name, state = by_state(accused.state_said)
    told = (name.casefold(), state.removeprefix("the ").removesuffix(" state").casefold())
    return "" if any(word in whom.casefold() for word in told) else f" ({name})"


def _words(claim: Claim) -> str:
    """The sentence, on one line."""
    return clip(" ".join(claim.quote.text.split()), 600)


def _lines(text: str, width: float, *, bold: bool = False) -> list[str]:
    """`text` in lines that fit `width`, no more than `LINES`; what does not fit is told by an ellipsis."""
    lines, words = [""], text.split()
    while words:
        longer = f"{lines[-1]} {words[0]}".strip()
        if not lines[-1] or width_of(longer, SIZE, bold=bold) <= width:
            lines[-1] = longer
            words.pop(0)
        elif len(lines) == LINES:
            lines[-1] += "\u2026\u201d" if text.endswith("\u201d") else "\u2026"
            break
        else:
            lines.append("")
    return lines
