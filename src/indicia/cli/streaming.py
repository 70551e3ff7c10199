"""What `indicia read` writes for machines as it reads: whole lines only, whoever stops it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO

from indicia.cli import exits
from indicia.cli.talk import Talk, standard_input
from indicia.errors import InputError
from indicia.writing import written

if TYPE_CHECKING:
    from indicia.pipeline import Piece

__all__ = ["answer_lines", "placed", "write_array", "write_lines"]


_STEP = 1 << 20  # bytes


def answer_lines(voice: Talk, output: Path | None, *, jobs: int | None, published: str | None) -> int:
    """Answers each line of standard input and returns an exit code.

    Raises: InputError where there is no standard input.
    """
    from indicia.pipeline import lines_of, read_lines

    stdin = standard_input()
    if stdin is None:
        raise InputError("there is no standard input here", hint='pipe {"id", "text"} lines into it')
    if stdin.isatty():
        voice.say('reading {"id", "text"} lines from the terminal; Ctrl-D ends them', "dim")
    count = bad = 0
    answers = read_lines(lines_of(stdin), jobs=jobs, published=published, tell=voice.warn)
    with voice.progress() as progress, placed(output) as file, closing(answers):
        writer = _WholeLines(file)
        for answer in answers:
            writer.write(answer.data)
            count += 1
            bad += not answer.fine
            if progress:
                progress("documents", count, None)
    if bad:
        voice.warn(f"{bad:,} of {count:,} lines could not be used; each has an error object with its number")
    elif not count:
        voice.warn("no lines came in")
    return exits.E_NOTHING if count and bad == count else exits.E_PARTIAL if bad else exits.E_OK


class _WholeLines:
    """Writes lines so that Ctrl-C comes before or after one, never within: a second Ctrl-C gives up at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._writing = False
        self._asked = False
        signal.signal(signal.SIGINT, self._interrupt)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        if not self._writing or self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def write(self, line: bytes) -> None:
        self._writing = True
        self._file.write(line + b"\n")
        self._file.flush()
        self._writing = False
        if self._asked:
            raise KeyboardInterrupt


def placed(output: Path | None) -> AbstractContextManager[BinaryIO]:
    """The file that takes its name when all is written, or stdout when `output` is None or `-`."""
    return nullcontext(sys.stdout.buffer) if output is None or str(output) == "-" else written(output)


def _rows(pieces: Iterable[Piece]) -> Iterator[dict[str, Any]]:
    """One row for each document."""
    from indicia.read.rows import reading_row
    from indicia.records import Reading

    for piece in pieces:
        for document in piece.documents:
            reading = Reading(
                document=document.id,
                claims=tuple(claim for claim in piece.claims if claim.quote.document == document.id),
                mentions=tuple(mention for mention in piece.mentions if mention.span.document == document.id),
                problems=piece.problems,
                fallen=piece.fallen,
            )
            yield reading_row(reading, document)


def write_lines(file: BinaryIO, pieces: Iterable[Piece]) -> None:
    """One line for each document, as soon as it is read."""
    import orjson

    writer = _WholeLines(file)
    for row in _rows(pieces):
        writer.write(orjson.dumps(row))


def write_array(file: BinaryIO, pieces: Iterable[Piece]) -> None:
    """`{"documents": [...]}`, each document as soon as it is read."""
    import orjson

    gap = b'{\n  "documents": [\n    '
    for row in _rows(pieces):
        file.write(gap)
        data = orjson.dumps(row, option=orjson.OPT_INDENT_2)
        for at in range(0, len(data), _STEP):  # of what hundreds of thousands of indicators make, no second copy
            file.write(data[at : at + _STEP].replace(b"\n", b"\n    "))
        gap = b",\n    "
    file.write(b"\n  ]\n}\n")
    file.flush()
