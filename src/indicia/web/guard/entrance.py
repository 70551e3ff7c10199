"""Who may come in: whoever has the launch token that `indicia serve` prints, and the session that it opens.

The session is Starlette's: made by the server alone, signed with a key that lives as long as the process. Forms carry a token
of their session, and come from our own origin; a script sends the launch token as `Authorization: Bearer` instead.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from indicia.errors import InputError
from indicia.walking import kind_of
from indicia.web.guard.hosts import KNOWN, AllowedHosts
from indicia.writing import write_atomically

COOKIE = "indicia-session"
ENTER = "/enter"
_SITES = {"same-origin", "none"}


class Entrance:
    """Lets those in who have a session or bring the launch token; the others get what `refuse` answers, and nothing else."""

    def __init__(self, app: ASGIApp, *, token: str, refuse: Callable[[Request], Response]) -> None:
        self.app, self.token, self.refuse = app, token, refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        given = request.query_params.get("token")
        if scheme.lower() == "bearer" and _same(bearer.strip(), self.token):
            scope["indicia.bearer"] = True
            request.scope.setdefault("state", {})[KNOWN] = True
            await self.app(scope, receive, send)
        elif request.method in {"GET", "HEAD"} and given is not None and _same(given, self.token):
            _open_session(request)
            await _without_token(request)(scope, receive, send)
        elif _is_embedded(request):
            await PlainTextResponse("Another site asked for this.", 403)(scope, receive, send)
        elif is_inside(request):
            request.scope.setdefault("state", {})[KNOWN] = True
            await self.app(scope, receive, send)
        elif scope["path"] == ENTER or scope["path"].startswith("/static/"):  # which are nobody's
            await self.app(scope, receive, send)
        else:
            await self.refuse(request)(scope, receive, send)


def _same(given: str, token: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "replace"), token.encode())


def _open_session(request: Request) -> None:
    request.session.clear()  # nothing of what was before
    request.session.update(inside=True, form=secrets.token_urlsafe(24))


def _without_token(request: Request) -> Response:
    """To the same page, so that the token stands in no history and no bookmark."""
    path = request.url.path
    left = [(name, value) for name, value in request.query_params.multi_items() if name != "token"]
    ours = path.startswith("/") and not path.startswith("//")  # which would be another host
    return RedirectResponse((path if ours else "/") + (f"?{urlencode(left)}" if left else ""), 303)


def _is_embedded(request: Request) -> bool:
    """Whether another site asks, and not because a person followed a link."""
    headers = request.headers
    return headers.get("sec-fetch-site", "none") not in _SITES and headers.get("sec-fetch-mode", "navigate") != "navigate"


def is_inside(request: Request) -> bool:
    return request.session.get("inside") is True or request.scope.get("indicia.bearer") is True


def form_token(request: Request) -> str:
    """What a form of this session carries; empty outside of one."""
    return str(request.session.get("form", ""))


def check_form(request: Request, given: str, hosts: AllowedHosts) -> None:
    """Raises: HTTPException 403 when the form does not come from a page that we gave to this browser."""
    check_origin(request, hosts)
    if request.scope.get("indicia.bearer") is True:
        return  # no browser sends this by itself
    if not given or not _same(given, form_token(request)):
        raise HTTPException(403, "This form is too old or not ours. Load the page again and send it once more.")


def check_origin(request: Request, hosts: AllowedHosts) -> None:
    """Raises: HTTPException 403 when the browser says that another site sent the form, or will not say which."""
    origin = request.headers.get("origin")
    if origin is not None and origin.lower() != hosts.origin(request.headers.get("host", "")):
        raise HTTPException(403, "This form was sent by another site.")
    if request.headers.get("sec-fetch-site", "none") not in _SITES:
        raise HTTPException(403, "This form was sent by another site.")


async def enter(request: Request) -> Response:
    """The launch token typed into the page that refuses."""
    check_origin(request, request.app.state.hosts)
    form = await request.form(max_files=0, max_fields=2, max_part_size=1000)
    given = form.get("launch")
    if not isinstance(given, str) or not _same(given.strip(), request.app.state.launch):
        raise HTTPException(403, "That is not the token of this server.")
    _open_session(request)
    return RedirectResponse("/", 303)


# Who judges: the name that a proxy gives, where its header was named at the start, and else the one that was typed.
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


# The secret of a folder of cases, from which comes what outsiders must not be able to work out.
_BYTES = 32


def key_of(folder: Path) -> bytes:
    """The key of a folder, made when it is first asked for; one for this run alone where none can be kept."""
    path = folder / ".key"
    try:
        if len(held := path.read_bytes() if path.exists() else b"") == _BYTES:
            return held
        write_atomically(path, made := secrets.token_bytes(_BYTES), private=True)
    except OSError:
        return secrets.token_bytes(_BYTES)
    return made


# The folders of this machine whose files a form may name: those given at the start, and no others.


class Folders:
    """Folders, as they really are, links followed."""

    def __init__(self, given: Iterable[Path] = ()) -> None:
        """Raises: InputError for one that is not there."""
        self.all: list[Path] = []
        for path in given:
            try:
                self.all.append(path.expanduser().resolve(strict=True))
            except (OSError, RuntimeError) as error:
                reason = getattr(error, "strerror", None) or error
                raise InputError(f"cannot be read: {reason}", where=str(path), hint="--read names a folder") from error

    def inside(self, text: str) -> Path:
        """The path that a form names. Raises: HTTPException, which says the same of all that is outside, there or not."""
        if not self.all:
            raise HTTPException(403, "No folder on this machine may be read. Start with: indicia serve --read FOLDER")
        try:
            path = Path(os.path.realpath(Path(text).expanduser()))
        except (OSError, RuntimeError, ValueError):  # no such user, too long, a NUL
            raise HTTPException(400, f"{text[:100]!r} cannot be a path on this machine.") from None
        if not any(path.is_relative_to(folder) for folder in self.all):
            raise HTTPException(403, f"{text[:100]!r} is not in any folder given with --read.")
        try:
            mode = path.stat().st_mode
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise HTTPException(400, f"{text[:100]!r} cannot be read: {reason}.") from None
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # it could have whoever reads it wait for ever
            raise HTTPException(400, f"{text[:100]!r} is {kind_of(mode)}.")
        return path
