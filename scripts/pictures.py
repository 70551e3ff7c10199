"""Draws the pictures of README and docs anew from the bundled example: who said what, page one as it is printed, and the page in
a browser (that needs Chromium and the Python package playwright).

python scripts/pictures.py [--page-only]
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pypdfium2
import uvicorn
from PIL import Image

from indicia.case import open_store
from indicia.knowledge import load
from indicia.pipeline import build, for_audience
from indicia.pipeline.example import example_folder
from indicia.records import Case, Tlp
from indicia.share import render
from indicia.web import create_app

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
NAME = "Microsoft Exchange 2021"
LAUNCH = "a-launch-token-for-pictures"
WIDE, HIGH = 1180, 800
COLOURS = 96  # enough for a page of text, and small files
MOST = 150_000  # bytes of one file
# file -> the page, and the place on it
SCREENS = {
    "page-overview.png": ("", ""),
    "page-sides.png": ("/claims?view=sides&unsure=with", ""),
    "page-check.png": ("/check", ""),
    "page-hunt.png": ("/hunt", "#chains"),
}


def small(picture: Image.Image, colours: int) -> bytes:
    """A picture as PNG in few colours."""
    buffer = io.BytesIO()
    # Rare colours stay: a marking has its own.
    picture.convert("RGB").quantize(colours, Image.Quantize.MAXCOVERAGE, kmeans=2).save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def page_one(data: bytes) -> bytes:
    """The first page of a PDF as PNG."""
    return small(pypdfium2.PdfDocument(data)[0].render(scale=1.5).to_pil(), 96)


@contextmanager
def served(case: Case) -> Iterator[str]:
    """The address of a page over one case, on this machine."""
    with tempfile.TemporaryDirectory() as folder:
        with open_store(Path(folder) / "exchange.indicia") as store:
            store.merge(lambda _: case, author="ada", time="2026-01-02T03:04:05+00:00", what="the example")
        app = create_app(Path(folder), author="ada", launch=LAUNCH)
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            server.should_exit = True
            thread.join(10)


def screens(case: Case) -> Iterator[tuple[str, bytes]]:
    """Names and bytes of the pictures of the page."""
    from playwright.sync_api import sync_playwright

    chromium = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
    # Chromium's own sandbox cannot be had by root, as in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with served(case) as address, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--disable-gpu", *sandbox])
        page = browser.new_page(viewport={"width": WIDE, "height": HIGH}, color_scheme="light")
        page.set_default_timeout(120_000)
        page.goto(f"{address}/?token={LAUNCH}")
        for name, (part, at) in SCREENS.items():
            page.goto(f"{address}/case/exchange{part}")
            page.wait_for_selector("html[data-ready]", state="attached")
            if at:
                page.locator(at).evaluate("place => place.scrollIntoView()")
            yield name, small(Image.open(io.BytesIO(page.screenshot())), COLOURS)
        browser.close()


def main() -> int:
    texts, logs = [str(example_folder() / "texts")], (example_folder() / "logs",)
    FOLDER.mkdir(exist_ok=True)
    whole = build(texts, logs, name=NAME, unmarked=Tlp.CLEAR, knowledge=load())
    made = dict(screens(whole))
    if "--page-only" not in sys.argv:
        said = build(texts, (), name=NAME, unmarked=Tlp.CLEAR, knowledge=load())
        made["card.svg"] = render(for_audience(said, Tlp.CLEAR, load()), "card", load())
        for language, name in (("en", "page-one.png"), ("de", "page-one-de.png")):
            made[name] = page_one(render(whole, "pdf", load(), language=language))
    for name, data in made.items():
        if name in SCREENS and len(data) > MOST:
            sys.stderr.write(f"{name}: {len(data):,} bytes, more than {MOST:,}\n")
            return 1
        (FOLDER / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
