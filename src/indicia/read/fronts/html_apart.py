"""Pages with so many elements that the parser could take for ever on them, read in a process of their own, bounded in time and
memory. What it cannot read is given as the text between its tags.

The parser is written in C and walks up all open elements at every new one: a page of a hundred thousand nested elements takes
it minutes. Up to `HERE` elements that is a second at most, and hardly a page has more.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_type_hints

import msgspec

from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.plain import read_plain

HERE = 20_000  # elements
_LEFT_OUT = frozenset(("attached", "find"))  # a page has none
GIVEN_UP = "only the text between its tags was read"
_TAG = re.compile(r"<[^<>]*+>")


def read_apart(markup: str, name: str, limits: Limits) -> Parsed:
    """The page as `read_html` reads it, or, where that takes too long or too much memory, the text between its tags."""
    code = f"from indicia.read.fronts.html import read_html; from {__name__} import main; main(read_html)"
    command = [sys.executable, "-c", code]
    try:
        child = subprocess.run(
            command,
            input=msgspec.msgpack.encode((markup.encode("utf-8", "replace"), name, limits)),
            capture_output=True,
            timeout=limits.html_seconds * 30,  # of a busy machine; the processor's time is bounded in the process itself
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=True,
        )
        given = msgspec.msgpack.decode(child.stdout)
        kinds = get_type_hints(Parsed)
        return Parsed(**{key: msgspec.convert(value, kinds[key]) for key, value in given.items()})
    except (subprocess.SubprocessError, OSError, msgspec.MsgspecError):
        parsed = between_tags(markup)
        what = f"took longer than {limits.html_seconds:g} s as a page, or too much memory: {GIVEN_UP}"
        parsed.problems.append(skipped(name, what, "this is not how people write pages"))
        return parsed


def between_tags(markup: str) -> Parsed:
    """What stands between the tags, whatever element it is in."""
    parsed = read_plain(_TAG.sub(" ", markup))
    parsed.media_type = "text/html"
    return parsed


def main(read_html: Callable[..., Parsed]) -> None:
    """Reads one page on standard input."""
    data, name, limits = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=tuple[bytes, str, Limits])
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only bound
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (limits.html_memory, limits.html_memory))
        resource.setrlimit(resource.RLIMIT_CPU, (int(limits.html_seconds) + 1, resource.RLIM_INFINITY))
    parsed = read_html(data.decode(), name, limits, here=True)
    given: dict[str, Any] = {each.name: getattr(parsed, each.name) for each in fields(Parsed) if each.name not in _LEFT_OUT}
    sys.stdout.buffer.write(msgspec.msgpack.encode(given))
