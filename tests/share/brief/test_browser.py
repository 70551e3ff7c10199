"""The page in a real browser: nothing runs, nothing overflows, no serious finding of axe, in light and dark, wide and
narrow."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indicia.share import render
from tests.share.brief.cases import KNOWLEDGE, named

pytestmark = pytest.mark.browser
CASES = ["exchange", "news", "empty", "hostile"]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("needs chromium: apt-get install chromium")
        pytest.skip("needs chromium (apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


def opened(browser: Any, path: Path, name: str, **options: Any) -> Any:
    file = path / f"{name}.html"
    file.write_bytes(render(named(name), "html", KNOWLEDGE))
    page = browser.new_page(**options)
    page.set_default_timeout(20_000)
    page.seen = []
    page.on("console", lambda message: page.seen.append(message.text))
    page.on("dialog", lambda dialog: page.seen.append(f"dialog {dialog.message}") or dialog.dismiss())
    page.on("request", lambda request: None if request.url.startswith("file:") else page.seen.append(request.url))
    page.goto(file.as_uri())
    return page


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(browser: Any, tmp_path: Path, name: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = opened(browser, tmp_path, name, color_scheme=scheme, bypass_csp=True)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = Axe().run(page).response["violations"]
    serious = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0].get("failureSummary", "")[:300])
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]
    page.close()
    assert not serious


def test_axe_would_find_a_fault(browser: Any, tmp_path: Path) -> None:
    """The test above can fail: a page with faults is found out."""
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page()
    page.set_content("<html><title>x</title><p style='color:#ccc;background:#fff'>faint</p><a href='#x'></a></html>")
    found = {one["id"] for one in Axe().run(page).response["violations"]}
    page.close()
    assert {"color-contrast", "link-name", "html-has-lang"} <= found


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("width", [390, 768, 1280])
def test_nothing_runs_loads_or_overflows(browser: Any, tmp_path: Path, name: str, width: int) -> None:
    page = opened(browser, tmp_path, name, viewport={"width": width, "height": 900})
    wide = page.evaluate("document.documentElement.scrollWidth")
    seen = list(page.seen)
    page.close()
    assert seen == []
    assert wide <= width


def test_it_reads_the_same_without_javascript(browser: Any, tmp_path: Path) -> None:
    page = opened(browser, tmp_path, "exchange", java_script_enabled=False)
    text = page.locator(".sheet header").inner_text()
    page.click("#who .more")
    opened_annex = page.locator("#claims .passage").first.is_visible()
    page.close()
    assert "name China" in text
    assert opened_annex, "a link opens the annex that it leads to"


def test_it_prints_with_the_marking_on_each_sheet(browser: Any, tmp_path: Path) -> None:
    import pypdfium2

    page = opened(browser, tmp_path, "exchange")
    data = page.pdf(prefer_css_page_size=True)
    page.close()
    document = pypdfium2.PdfDocument(data)
    texts = [sheet.get_textpage().get_text_range() for sheet in document]
    document.close()
    assert all("TLP:AMBER" in text for text in texts)
    assert len(texts) == 1 and "compromise" in texts[0], "page one is one sheet; annexes print when they are open"
