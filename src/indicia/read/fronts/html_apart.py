"""Pages with so many elements that the parser could take for ever on them, read in a process of their own, bounded in time and
memory. What it cannot read is given as the text between its tags.

The parser is written in C and walks up all open elements at every new one: a page of a hundred thousand nested elements takes
it minutes. Up to `HERE` elements that is a second at most, and hardly a page has more.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import get_type_hints

import msgspec

from indicia.apart import Child, Stopped, Work
from indicia.read.fronts.opened import Limits, Parsed, skipped
from indicia.read.fronts.plain import read_plain

HERE = 20_000  # elements
_LEFT_OUT = frozenset(("attached", "find"))  # a page has none
GIVEN_UP = "only the text between its tags was read"
_TAG = re.compile(r"<[^<>]*+>")


def read_apart(markup: str, name: str, limits: Limits) -> Parsed:
    """The page as `read_html` reads it, or, where that takes too long or too much memory, the text between its tags."""
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from indicia.read.fronts.html import read_html;"
        f" from {__name__} import answered; from indicia.apart import serve;"
        f" serve(lambda request: answered(request, read_html), {limits.html_memory}, {int(limits.html_seconds)})"
    )
    # A busy machine gets more time; the processor's is bounded in the process itself.
    work = Work("", limits.html_memory, int(limits.html_seconds), clock=limits.html_seconds * 30)
    try:
        with Child(work, (sys.executable, "-c", code)) as child:
            given = child.ask(msgspec.msgpack.encode((markup.encode("utf-8", "replace"), name, limits)))
        kinds = get_type_hints(Parsed)
        return Parsed(**{key: msgspec.convert(value, kinds[key]) for key, value in msgspec.msgpack.decode(given).items()})
    except (Stopped, OSError, msgspec.MsgspecError):
        parsed = between_tags(markup)
        what = f"took longer than {limits.html_seconds:g} s as a page, or too much memory: {GIVEN_UP}"
        parsed.problems.append(skipped(name, what, "this is not how people write pages"))
        return parsed


def between_tags(markup: str) -> Parsed:
    """What stands between the tags, whatever element it is in."""
    parsed = read_plain(_TAG.sub(" ", markup))
    parsed.media_type = "text/html"
    return parsed


def answered(request: bytes, read_html: Callable[..., Parsed]) -> Iterator[bytes]:
    """One page, as the process apart reads it."""
    data, name, limits = msgspec.msgpack.decode(request, type=tuple[bytes, str, Limits])
    parsed = read_html(data.decode(), name, limits, here=True)
    yield msgspec.msgpack.encode(
        {each.name: getattr(parsed, each.name) for each in fields(Parsed) if each.name not in _LEFT_OUT}
    )
