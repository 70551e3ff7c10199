"""Talking to the person: on stderr, in colours that mean something, with progress only on a terminal. Data goes to stdout."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from indicia.records import LOOK, Problem, Severity
from indicia.unseen import UNSEEN
from indicia.writing import PRIVATE, written

ProgressCall = Callable[[str, float, float | None], None]

_COLOURS = {Severity.NOTE: "dim", Severity.SKIPPED: "yellow", Severity.FAILED: "red"}


def plain(text: str) -> str:
    """`text` with all that a terminal would obey or hide shown as escapes, so that hostile input stays text.

    >>> plain("a\\x1b[31mb")
    'a\\\\x1b[31mb'
    """
    return UNSEEN.sub(lambda match: match.group().encode("unicode_escape", "surrogatepass").decode("ascii"), text)


IN_BYTES = frozenset({"hunting"})  # what counts bytes; the rest counts pieces


class Share(ProgressColumn):
    """How much is done: a percentage where the end is known, and the rate of bytes; else a count and its rate."""

    def render(self, task: Task) -> Text:
        """The words for a task."""
        if task.total is not None:
            rate = f", {task.speed / 1e6:,.0f} MB/s" if task.speed and task.description in IN_BYTES else ""
            return Text(f"{task.percentage:>3.0f}%{rate}")
        return Text(f"{task.completed:,.0f}" + (f", {task.speed:,.0f} a second" if task.speed else ""))


class _Paper(Console):
    """A console that leaves it to the command line to end well when nobody reads on."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def console_for(color: bool, file: IO[str] | None = None) -> Console:
    """Where data for people goes: stdout, or `file`. Without colours nothing is bold or dim either."""
    wanted = color and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
    page = _Paper(file=file, color_system="auto" if wanted else None, highlight=False)
    page.soft_wrap = not page.is_terminal  # a file or a pipe gets each sentence on one line
    return page


class Talk:
    """What a command says while it works. `quiet` leaves only errors; `verbose` names every problem."""

    def __init__(self, *, quiet: bool = False, verbose: int = 0, color: bool = True) -> None:
        self.console = console_for(color, sys.stderr)
        self.console.soft_wrap = True
        self.quiet = quiet
        self.verbose = verbose
        self.color = color

    def say(self, text: str, style: str = "") -> None:
        """A line for the person, unless they asked for quiet."""
        if not self.quiet:
            self.console.print(escape(plain(text)), style=style)

    def warn(self, text: str) -> None:
        """A line on what could not be used, unless they asked for quiet."""
        self.say(text, "yellow")

    def error(self, text: str) -> None:
        self.console.print(f"[bold red]error:[/] {escape(plain(text))}")

    def problems(self, problems: Iterable[Problem], *, most: int = 12) -> None:
        """Failed inputs first; those alike are told once. With -v each is named, and so are notes."""
        if self.quiet:
            return
        ordered = sorted(problems, key=lambda problem: list(Severity).index(problem.severity), reverse=True)
        alike: dict[tuple[Severity, str, str], list[Problem]] = {}
        for problem in ordered:
            if not self.verbose and problem.severity is not Severity.NOTE:
                alike.setdefault((problem.severity, problem.what, problem.hint), []).append(problem)
        groups = [[problem] for problem in ordered] if self.verbose else list(alike.values())[:most]
        for group in groups:
            problem, others = group[0], len(group) - 1
            times = f" (x{problem.count})" if problem.count > 1 else ""
            hint = f" [dim]({escape(plain(problem.hint))})[/]" if problem.hint else ""
            style = _COLOURS[problem.severity]
            where = f"{escape(plain(problem.where))}" + (f" and {others:,} more" if others else "")
            told = f"{where}: " if problem.where else ""
            self.console.print(f"[{style}]{problem.severity.value}:[/] {told}{escape(plain(problem.what))}{times}{hint}")
        unseen = len({problem.where for problem in ordered if problem.hint == LOOK}) * (not self.verbose)
        if unseen:
            files = "1 file holds" if unseen == 1 else f"{unseen:,} files hold"
            self.console.print(f"[yellow]note:[/] {files} text that a reader does not see, or perhaps not; -v says how much")
        left = len(ordered) - sum(map(len, groups))
        if left:
            self.console.print(f"[dim]… and {left} more notes and problems; -v names them[/]")

    @contextmanager
    def progress(self) -> Iterator[ProgressCall | None]:
        """A callable that shows progress on a terminal; None elsewhere."""
        if self.quiet or not self.console.is_terminal:
            yield None
            return
        bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            Share(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self.console,
            transient=True,
        )
        current: tuple[str, TaskID] | None = None

        def call(label: str, done: float, total: float | None) -> None:
            # One line for what is being done now: forty texts are not forty bars.
            nonlocal current
            if current is None or current[0] != label:
                if current is not None:
                    bar.remove_task(current[1])
                current = (label, bar.add_task(escape(plain(label)), total=total))
            bar.update(current[1], completed=done, total=total)

        with bar:
            yield call


def standard_input() -> BinaryIO | None:
    """What `-` stands for; None where there is none."""
    return sys.stdin.buffer if sys.stdin is not None else None


def to_terminal(output: Path | None) -> bool:
    """Whether what is written there is read by a person on a terminal."""
    return (output is None or str(output) == "-") and sys.stdout.isatty()


def write_out(data: bytes | Iterable[bytes], output: Path | None) -> None:
    """To `output`, or to stdout when it is None or `-`; pieces are written as they come. A terminal gets nothing to obey; a new
    file is for its owner alone, as the case is that it comes from."""
    pieces = (data,) if isinstance(data, bytes) else data
    if output is None or str(output) == "-":
        for piece in _for_terminal(pieces) if sys.stdout.isatty() else pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
    else:
        with written(output, new=PRIVATE) as file:
            file.writelines(pieces)


def _for_terminal(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Text as `plain`, with an end to its last line."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    last = ""
    for piece in pieces:
        last = decoder.decode(piece)
        yield plain(last.replace("\r\n", "\n")).encode()
    if not last.endswith("\n"):
        yield b"\n"
