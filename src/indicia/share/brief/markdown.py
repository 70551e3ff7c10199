"""The brief as Markdown (CommonMark with tables): everything of others escaped, pictures told in words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from indicia.share.brief.blocks import (
    AnyBlock,
    Brief,
    Bullets,
    Code,
    Columns,
    Fold,
    Heading,
    Para,
    Passage,
    Picture,
    Steps,
    Table,
)
from indicia.view.lines import Bit, Line
from indicia.view.wording import many

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~$&!])")
_LEADING = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)", re.MULTILINE)
ROW = "more row"
STATES = {"done": "worked", "tried": "tried", "missing": "not seen"}


def markdown(brief: Brief) -> bytes:
    """The document in UTF-8, with the marking first and last."""
    parts = [f"**{brief.marking}**", f"# {escaped(brief.title)}", f"{escaped(brief.kicker)}. {escaped(brief.subtitle)}"]
    parts.append(" ".join(_line(one) for one in brief.gist))
    for box in brief.page_one:
        parts.append(f"## {escaped(box.title)}")
        if box.lead:
            parts.append(f"**{escaped(box.lead)}**")
        parts += _blocks(box.blocks)
    parts.append(escaped(brief.labels.english))
    for section in brief.sections:
        parts.append(f"## {escaped(brief.labels.annex)}: {escaped(section.title)}")
        parts += _blocks(section.blocks)
    parts.append(f"## {escaped(brief.labels.notes)}")
    parts.append("\n".join(f"{note.number}. {_line(note.text)} ({_line(note.where)})" for note in brief.notes) or "None.")
    parts += [escaped(brief.footer), f"**{brief.marking}**"]
    return ("\n\n".join(part for part in parts if part) + "\n").encode("utf-8", "replace")


def escaped(text: str) -> str:
    """Text that no Markdown reader takes for markup.

    >>> escaped("a|b <i> *c*")
    'a\\\\|b \\\\<i\\\\> \\\\*c\\\\*'
    """
    text = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    # Bare addresses turn into links in many readers.
    text = text.replace("://", ":\u2060//") if "://" in text and not text.startswith("hxxp") else text
    return _LEADING.sub(lambda match: f"{match[1]}{match[2][:-1]}\\{match[2][-1]}", text)


def _bit(bit: Bit) -> str:
    text = escaped(bit.text)
    if not text:
        return " " if bit.text else ""
    lead = " " if bit.text[:1].isspace() else ""
    tail = " " if bit.text[-1:].isspace() else ""
    if bit.look == "strong" or bit.look.startswith("mark-"):
        text = f"**{text}**"
    elif bit.look in {"em", "quote"}:
        text = f"*{text}*"
    elif bit.look == "code":
        text = _code(bit.text)
    elif bit.look.startswith("tag-"):
        text = f"({text})"
    return f"{lead}{text}{tail}"


def _code(text: str) -> str:
    text = " ".join(text.split())
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _line(text: Line) -> str:
    notes = f" \\[{', '.join(map(str, text.notes))}\\]" if text.notes else ""
    return "".join(_bit(bit) for bit in text.bits).strip() + notes


def _cell(text: Line) -> str:
    # A code span does not protect a bar in a table; written as an entity it would show, so it becomes a broken bar.
    return "".join(_bit(bit).replace("|", "\u00a6") if bit.look == "code" else _bit(bit) for bit in text.bits).strip() + (
        f" \\[{', '.join(map(str, text.notes))}\\]" if text.notes else ""
    )


def _blocks(blocks: Iterable[AnyBlock]) -> list[str]:
    return [_block(block) for block in blocks]


def _block(block: AnyBlock) -> str:
    match block:
        case Para(text=text, role=role):
            return f"*Note:* {_line(text)}" if role == "note" else f"> {_line(text)}" if role == "warn" else _line(text)
        case Heading(text=text):
            return f"### {escaped(text)}"
        case Bullets(items=items, ordered=ordered):
            return "\n".join(f"{f'{number}.' if ordered else '-'} {_line(item)}" for number, item in enumerate(items, 1))
        case Table():
            return _table(block)
        case Picture(alt=alt):
            return f"*Picture.* {escaped(alt)}"
        case Passage(text=text, where=where, about=about):
            return f"{_line(about)}\n\n> {_line(text)}\n\n{_line(where)}"
        case Steps(title=title, items=items):
            rows = "\n".join(
                f"{number}. **{escaped(step.name)}** ({STATES[step.state]}): {_line(step.detail)}"
                for number, step in enumerate(items, 1)
            )
            return f"{escaped(title)}:\n\n{rows}"
        case Code(text=text):
            fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
            return f"{fence}\n{text}\n{fence}"
        case Columns(columns=columns):
            return "\n\n".join(_block(inner) for column in columns for inner in column)
        case Fold(summary=summary, blocks=inner):
            return "\n\n".join((f"**{escaped(summary)}**", *_blocks(inner)))


def _table(block: Table) -> str:
    rows = [f"| {' | '.join(escaped(name) for name in block.head)} |", f"|{' --- |' * len(block.head)}"]
    rows += [f"| {' | '.join(_cell(cell) for cell in row.cells)} |" for row in block.rows]
    text = f"*{escaped(block.caption)}*\n\n" + "\n".join(rows)
    if block.left_out:
        text += f"\n\n{escaped(block.rest) or f'{many(block.left_out, ROW)}: in {escaped(block.elsewhere)}.'}"
    return text
