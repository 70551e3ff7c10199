"""A small server on this machine that speaks the chat interface, as well or as badly as a test wants."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

__all__ = ["Chat", "Request", "chat", "completion"]


class Request(NamedTuple):
    """What was asked: the path, the headers in small letters, and the body."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]

    @property
    def text(self) -> str:
        """The text of the part that is asked about."""
        told: str = json.loads(self.body["messages"][-1]["content"])["text"]
        return told


Behaviour = Callable[[Request, int], "tuple[int, bytes] | tuple[int, bytes, float]"]


class Chat(NamedTuple):
    """A server that runs: its address, and what it was asked."""

    url: str
    asked: list[Request]


def completion(claims: list[dict[str, Any]] | str, tokens: int = 10) -> tuple[int, bytes]:
    """A good answer that offers claims, or whatever is written instead."""
    content = claims if isinstance(claims, str) else json.dumps({"claims": claims})
    told = {
        "choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": tokens, "completion_tokens": tokens},
    }
    return 200, json.dumps(told).encode()


@contextmanager
def chat(behaviour: Behaviour) -> Iterator[Chat]:
    """Runs while the block does. `behaviour` gets each request and its number from 0, and gives a status and a body, and
    seconds to wait after each byte of the body where it should be slow."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            request = Request(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(data))
            asked.append(request)
            status, body, *slow = behaviour(request, len(asked) - 1)
            try:
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", body.decode())
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                for byte in body if slow else ():
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(slow[0])
                if not slow:
                    self.wfile.write(body)
            except OSError:
                pass  # whoever asked does not wait any longer

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield Chat(f"http://127.0.0.1:{server.server_address[1]}/v1", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
