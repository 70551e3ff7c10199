"""One host that speaks the common chat interface (`POST /v1/chat/completions`): Ollama, llama.cpp, vLLM, LM Studio, clouds.

Exactly the host that the user named is spoken to: no redirect is followed, and no key is sent in the clear but to this machine.
What it answers is bounded in size and time. The key stands in no message, record or error.

References: the OpenAPI description of OpenAI's chat completions; the servers' own pages on what they take of it.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

import orjson

from indicia.errors import InputError, LimitError, UsageError
from indicia.fetching import Fetcher, place_of

# Readers whose address is known: what they listen at when nothing else is said.
KNOWN: Mapping[str, str] = {
    "ollama": "http://127.0.0.1:11434/v1",
    "llama.cpp": "http://127.0.0.1:8080/v1",
    "vllm": "http://127.0.0.1:8000/v1",
    "lmstudio": "http://127.0.0.1:1234/v1",
}
_LARGEST = 4_000_000  # bytes of one answer
_MARGIN = 5.0  # seconds beyond those for an answer after which the connection itself gives up
_TRIES = 3
_WAITS = (1.0, 4.0)  # seconds before the next try
_AGAIN = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_TOKENS = 4_000  # that an answer may have
# How the form of the answer is asked for, the strictest first: what a server does not know it refuses, and the next is tried.
_FORMS = ("json_schema", "json_object", "none")


class Completion(NamedTuple):
    """An answer: what the model wrote, and the tokens that it read and wrote, as far as the server tells."""

    content: str
    tokens_in: int = 0
    tokens_out: int = 0
    cut: bool = False  # whether it stopped for its length


class Server(Protocol):
    """Where a model is asked."""

    where: str  # what is told of it: a host, never a key
    remote: bool

    def complete(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> Completion:
        """Raises: InputError, LimitError where there is no answer."""
        ...


def known_server(name: str) -> str | None:
    """The address that a reader of this name listens at when nothing else is said."""
    return KNOWN.get(name.lower())


class ModelServer:
    """A model behind an address. `seconds` is the time for one answer."""

    def __init__(self, address: str, model: str, *, key: str | None = None, seconds: float = 120) -> None:
        parts = _parts(address)
        self.remote = not _is_here(parts[1])
        if key and self.remote and parts[0] != "https":
            raise UsageError("a key is not sent over plain HTTP", hint="use https://")
        self.where = parts[1]
        self.model = model
        self._url = address.rstrip("/") + "/chat/completions"
        self._form = 0
        # The user named this host: it may stand in the own network. What is sent to this machine goes through no proxy.
        places, wait = frozenset({place_of(self._url)}), seconds + _MARGIN
        self._fetcher = Fetcher(places, private=True, direct=not self.remote, largest=_LARGEST, seconds=seconds, wait=wait)
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}

    def __repr__(self) -> str:
        return f"ModelServer({self.where!r}, {self.model!r})"

    def complete(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> Completion:
        """What the model answers. Tries again where the server asks for it. Raises: InputError, LimitError."""
        tries = 0
        while True:
            status, body = self._post(self._asked(messages, schema))
            if status == 200:
                return self._told(body)
            if status in {400, 422, 501} and self._form + 1 < len(_FORMS):
                self._form += 1
                continue
            tries += 1
            if status not in _AGAIN or tries >= _TRIES:
                raise InputError(f"the server answers {status}", where=self.where, hint=_hint(status, body))
            time.sleep(_WAITS[min(tries, len(_WAITS)) - 1])

    def _asked(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        asked: dict[str, Any] = {
            "model": self.model,
            "messages": messages,
            "temperature": 0,
            "seed": 1,
            "max_tokens": _TOKENS,
            "stream": False,
        }
        if _FORMS[self._form] == "json_schema":
            told = {"name": "claims", "schema": schema, "strict": False}
            asked["response_format"] = {"type": "json_schema", "json_schema": told}
        elif _FORMS[self._form] == "json_object":
            asked["response_format"] = {"type": "json_object"}
        return asked

    def _post(self, asked: Mapping[str, Any]) -> tuple[int, bytes]:
        """The status and the body of one answer. Raises: InputError, LimitError."""
        headers = {"Content-Type": "application/json", **self._headers}
        try:
            answer = self._fetcher.ask(self._url, method="POST", headers=headers, data=orjson.dumps(asked), told=self.where)
        except LimitError as error:
            hint = "give it more time (--model-seconds), or name another model"
            raise LimitError(error.message, where=self.where, hint=hint) from error
        except InputError as error:
            what = f"cannot be reached: {error.message}"
            raise InputError(what, where=self.where, hint="is the model's server running, and is this its address?") from error
        return answer.status, answer.data

    def _told(self, body: bytes) -> Completion:
        try:
            told = orjson.loads(body)
            choice = told["choices"][0]
            content = choice["message"]["content"]
            used = told.get("usage") or {}
            counted = [used.get(name) for name in ("prompt_tokens", "completion_tokens")]
            read, wrote = (one if isinstance(one, int) and one >= 0 else 0 for one in counted)
            if not isinstance(content, str):
                raise TypeError
        except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError) as error:
            what = "answers in another form than the chat interface has"
            raise InputError(what, where=self.where, hint="the address ends in /v1, mostly") from error
        return Completion(content, read, wrote, choice.get("finish_reason") == "length")


def _hint(status: int, body: bytes) -> str:
    if status in {301, 302, 303, 307, 308}:
        return "it leads elsewhere; give that address, if you trust it"
    if status in {401, 403}:
        return "it takes a key: --model-key-file FILE"
    if status == 404:
        return "is there a model of this name, and does the address end in /v1?"
    return "try again later" if status in _AGAIN else "see the server's own log"


def _parts(address: str) -> tuple[str, str]:
    """Scheme and host. Raises: UsageError."""
    hint = "such as http://127.0.0.1:11434/v1"
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in {"http", "https"}:
        raise UsageError("is not the address of a model's server", where=address[:200], hint=hint)
    if parts.username or parts.password or parts.query:
        raise UsageError("an address holds no key", where=host, hint="put it into a file: --model-key-file FILE")
    return parts.scheme, host


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False
