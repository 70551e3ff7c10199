"""Who judges: the name that a proxy gives, where its header was named at the start, and else the one that was typed."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request

__all__ = ["LONGEST", "author_of", "check_named", "is_given"]

LONGEST = 100  # characters of a name


def is_given(request: Request) -> bool:
    """Whether a proxy says who asks, so that no form does."""
    return request.app.state.user_header is not None


def author_of(request: Request, typed: str = "") -> str:
    """The author of what this request decides.

    Behind a proxy it is the name in its header, and what a form says of it is not looked at. Otherwise it is the name that was
    typed, which the session remembers, and without one the name that the server was started under.
    """
    header: str | None = request.app.state.user_header
    if header is not None:
        return _named(request, header) or "nobody that the proxy names"
    typed = _plain(typed)
    if typed and not request.scope.get("indicia.bearer"):
        request.session["author"] = typed
    return typed or str(request.session.get("author") or request.app.state.author)


def check_named(request: Request) -> None:
    """Raises: HTTPException 403 where a proxy has to say who asks and does not: nobody decides namelessly."""
    header: str | None = request.app.state.user_header
    if header is not None and not _named(request, header):
        raise HTTPException(
            403, f"The proxy did not say who you are, so nothing is kept. It has to set {header} once in every request."
        )


def _named(request: Request, header: str) -> str:
    """The name in the header; none where it stands twice, since then one of them is not the proxy's."""
    given = request.headers.getlist(header)
    return _plain(given[0].encode("latin-1").decode("utf-8", "replace")) if len(given) == 1 else ""  # as proxies send it


def _plain(name: str) -> str:
    return "".join(char for char in name if char.isprintable()).strip()[:LONGEST]
