"""A document as a model is shown it: parts of whole paragraphs or sentences, each with the end of the one before it."""

from __future__ import annotations

from collections.abc import Iterator

from indicia.read.text.sentences import sentences

SIZE = 6_000  # characters of a part: some 1,500 tokens of English, which leaves room in the smallest windows
OVERLAP = 600  # characters of the part before that are shown again, so that "the group" is known


def parts_of(text: str, size: int = SIZE, overlap: int = OVERLAP) -> Iterator[tuple[int, int, int]]:
    """The parts of a text in order, as (start of what is shown, start of what is new, end).

    >>> list(parts_of("One. Two. Three.", size=9, overlap=4))
    [(0, 0, 9), (5, 10, 16)]
    """
    ends = list(sentences(text))
    at = shown = 0
    new = None
    for number, (start, end) in enumerate(ends):
        if new is None:
            new = start
        following = ends[number + 1][1] if number + 1 < len(ends) else None
        if following is None or following - new > size:
            yield min(shown, new), new, end
            at, new = end, None
            shown = next((low for low, _ in ends[: number + 1] if low >= at - overlap), at)
