"""What happened: on page one the clearest sentences of the texts on the deed itself, each with what it answers."""

from __future__ import annotations

from indicia.affairs.telling import Answer, told_of
from indicia.records import Case
from indicia.share.brief.blocks import Box, Bullets, Para
from indicia.view.affair import Subject, subject, titled
from indicia.view.inert import clip
from indicia.view.language import colon, quoted, tell
from indicia.view.lines import Bit, Line, line
from indicia.view.notes import Notes
from indicia.view.saying import asked_words
from indicia.view.slots import rows

__all__ = ["what"]

LONGEST = 230  # characters of a sentence
ROOM, FEWEST = 16, 6  # sentences here and rows of who says what, together on one sheet; sentences at the least


def what(case: Case, notes: Notes, about: Subject | None = None) -> Box:
    """The box of page one, or that of another affair of the case."""
    title = tell("What happened") if about is None else tell("Another affair: {name}", name=titled(case, about))
    id = "what" if about is None else "what-else"
    about = about or subject(case)
    told = told_of(case, about.story)[: max(FEWEST, ROOM - len(rows(case, about)))]
    if not told:
        nothing = tell("No sentence was found that tells the deed plainly: read the texts.")
        return Box(id=id, title=title, tone="quiet", blocks=(Para(text=line(nothing), role="note"),))
    return Box(id=id, title=title, tone="blue", blocks=(Bullets(items=tuple(_item(one, notes) for one in told)),))


def _item(one: Answer, notes: Notes) -> Line:
    words = quoted(notes.index.show(clip(" ".join(one.mention.span.text.split()), LONGEST)))
    document = notes.index.documents.get(one.mention.span.document)
    day = f" ({document.published})" if document is not None and document.published else ""
    return line(Bit(text=f"{asked_words(one.asked)}{colon()}", look="strong"), words, day, notes=notes((one.mention.id,)))
