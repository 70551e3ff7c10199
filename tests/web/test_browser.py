"""The page in a real Chromium: the whole story, the keyboard alone, a phone, the dark, and what axe says of it."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from indicia.web import create_app
from indicia.web.app import ABOVE, OF_A_CASE
from tests.web.site import LAUNCH

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "exchange-2021"
CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a page of a case shows when it is asked for more than itself; the pages are those of the application.
ASKED = (
    "/claims?view=sides&unsure=with",
    "/claims?view=coalition",
    "/claims?view=graph&unsure=with",
    "/claims?stance=none",
    "/search?q=china",
    "/sql?q=select+source,+quote+from+claims",
    "/weigh?own=1",
    "/nothing-is-here",
)
KINDS = {"documents": "documents", "claims": "claims", "sightings": "hunt"}  # record -> the page whose twin lists them
# Of elements that are alike and stand together axe looks at a few: the rest of a long table tells nothing new.
FEW = """for (const parent of document.querySelectorAll("*")) {
  const seen = {};
  for (const child of [...parent.children]) {
    const kind = child.tagName + (child.getAttribute("class") || "");
    seen[kind] = (seen[kind] || 0) + 1;
    if (seen[kind] > 5 && child.tagName !== "SECTION") child.remove();
  }
}"""
# In the dark only the colours differ.
AXE = {
    "light": {"resultTypes": ["violations"]},
    "dark": {"resultTypes": ["violations"], "runOnly": ["color-contrast"]},
}
PHONE, DESK = {"width": 375, "height": 720}, {"width": 1280, "height": 720}
ARTICLE = """Allies point to Beijing over Exchange attack

19 July 2021. Brussels and London pointed to China on Monday. The United Kingdom accused the Chinese Ministry of State \
Security of being behind the groups known as APT40 and APT31. The United States attributes the compromise of Microsoft \
Exchange servers with a high degree of confidence to actors affiliated with the Ministry of State Security. NATO \
acknowledged the statements of its allies. In March, Microsoft had blamed HAFNIUM with high confidence. China denied \
the accusation.
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Skipped where there is no Chromium; never on CI."""
    missing = "" if CHROMIUM else "needs Chromium (on Debian: apt-get install chromium)"
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing = "needs the Python package playwright"
    if missing:
        if os.environ.get("CI"):
            pytest.fail(f"{missing}, and this is CI")
        pytest.skip(missing)
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server on this machine over an empty folder of cases."""
    app = create_app(tmp_path_factory.mktemp("cases"), author="tester", launch=LAUNCH, reads=(EXAMPLE,))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


def inside(browser: Any, address: str, **how: Any) -> Any:
    """A browser's context that came in by the address that `indicia serve` prints."""
    context = browser.new_context(**how)
    page = context.new_page()
    page.goto(f"{address}/?token={LAUNCH}")
    assert page.url == f"{address}/", "the token does not stay in the address"
    page.close()
    return context


class Watch:
    """Notes every request and every complaint of a page."""

    def __init__(self, context: Any, address: str) -> None:
        self.address = address
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        context.on("request", self._request)
        context.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.foreign.append(request.url)

    def check(self) -> None:
        assert not self.foreign, "a request left this machine"
        assert not self.complaints


@pytest.fixture(scope="module")
def built(browser: Any, address: str) -> str:
    """The case made from the article and the example logs, through the page."""
    context = inside(browser, address)
    watch = Watch(context, address)
    page = context.new_page()
    opened(page, address)
    page.fill("[name=name]", "Exchange")
    page.fill("[name=pasted]", ARTICLE)
    page.set_input_files("[name=texts]", str(EXAMPLE / "texts" / "advisory.html"))
    page.fill("[name=folder]", str(EXAMPLE / "logs"))
    page.get_by_role("button", name="Build").click()
    page.wait_for_url("**/case/exchange", timeout=240_000)
    watch.check()
    context.close()
    return f"{address}/case/exchange"


@pytest.fixture(scope="module")
def screens(browser: Any, address: str, built: str) -> list[str]:
    """Every page that the application has, with records of the case in it that somebody judged."""
    context = inside(browser, address)
    page = context.new_page()
    ids = {kind: page.request.get(f"{built}/{of}.json").json()[kind][0]["id"] for kind, of in KINDS.items()}
    opened(page, f"{built}/claims/{ids['claims']}")
    page.locator(".note-form summary").click()
    page.fill(".note-form [name=note]", "Who says so?")
    page.get_by_role("button", name="Keep the comment").click()
    page.wait_for_selector(".judged.comment")
    found = [f"{address}{path}" for path, _ in ABOVE if "{" not in path and path != "/index"] + [
        address,
        f"{address}/?into=exchange",
    ]
    for path, _ in OF_A_CASE:
        part = path.removeprefix("/case/{slug}")
        found.append(built + part.replace("{id}", ids.get(part.split("/")[1] if part else "", "")))
    item = page.request.get(f"{built}/weigh.json").json()["evidence"][0]["id"]
    context.close()
    return [*found, *(built + part for part in ASKED), f"{built}/weigh?off={item}"]


def opened(page: Any, address: str) -> None:
    """The page with its script there: a key or a change before that would go nowhere."""
    page.goto(address)
    page.wait_for_selector("html[data-ready]", state="attached")


def tab(page: Any, name: str) -> None:
    page.get_by_role("navigation", name="Case").get_by_role("link", name=name).click()
    # the page before was ready, too
    page.wait_for_selector(f"html[data-ready] nav[aria-label=Case] a[aria-current]:has-text('{name}')")


def test_the_whole_story(browser: Any, address: str, built: str, tmp_path: Path) -> None:
    context = inside(browser, address, accept_downloads=True)
    context.set_default_timeout(60_000)
    watch = Watch(context, address)
    page = context.new_page()
    opened(page, built)
    assert "Compromise" in page.inner_text(".verdicts")
    # a line of the graph leads to the claims behind it
    page.locator(".drawing a.edge").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".bar-line .chips")
    assert "source=" in page.url and page.locator("article.claim").count() >= 1
    tab(page, "Documents")
    page.click("tbody a:has-text('Allies')")
    page.wait_for_selector(".text .k-claim")
    assert page.locator(".text .k-claim").count() >= 3
    page.locator(".text a.badge").first.click()
    assert "#r-claim" in page.url
    record = page.locator("section.record:target")
    record.get_by_role("button", name="Reject").click()
    page.wait_for_selector("section.record.rejected")
    assert page.locator("section.record.rejected").count() == 1
    page.locator("section.record.rejected").get_by_role("button", name="Take it back").click()
    page.wait_for_selector("section.record.confirmed")
    tab(page, "Ledger")
    every = page.locator("article.claim").count()
    page.get_by_role("complementary", name="Filters").get_by_role("link", name="denies").click()
    page.wait_for_selector(".bar-line .chips")
    assert 0 < page.locator("article.claim").count() < every
    page.get_by_role("link", name="For and against").click()
    page.wait_for_selector(".sides")
    tab(page, "Timeline")
    page.locator(".drawing a.tick").first.click()
    page.wait_for_url("**since=**")
    tab(page, "Hunt")
    page.locator(".chain summary").first.click()
    page.locator(".steps a[href*='/sightings/']").first.click()
    page.wait_for_selector("h2:has-text('The log record')")
    page.get_by_role("link", name="after it in the chain").click()
    page.wait_for_selector("h2:has-text('The log record')")
    tab(page, "Weigh")
    before = page.inner_text("#result")
    page.locator("#what-if input[name=off]:not(:disabled)").first.check()
    page.wait_for_selector("#result .what-if")
    page.wait_for_url("**off=**")
    assert page.inner_text("#result") != before
    assert page.evaluate("document.activeElement.name") == "off", "the focus stays where one works"
    opened(page, page.url)
    page.fill(".what-if [name=note]", "without it")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("link", name="Compare them with the case").click()
    page.wait_for_selector("#compare")
    assert "without it" in page.inner_text("section:has(> #compare)")
    tab(page, "Advise")
    assert page.locator(".measures > li").count() > 5
    tab(page, "Export")
    for name, magic in (("Brief, one HTML page", b"<!doctype html"), ("Brief, PDF", b"%PDF"), ("STIX 2.1 bundle", b"{")):
        with page.expect_download(timeout=120_000) as waiting:
            page.click(f"text={name}")
        file = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(file)
        assert file.read_bytes().lower().startswith(magic.lower())
    watch.check()
    context.close()


def test_the_keyboard_is_enough(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address)
    context.set_default_timeout(60_000)
    page = context.new_page()
    opened(page, built)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    page.keyboard.type("HAFNIUM")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=HAFNIUM")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    hits = "[...document.querySelectorAll('.hits a')]"
    assert page.evaluate(f"{hits}.indexOf(document.activeElement)") == 0
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", "focus can be seen"
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/search" not in url)
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("3")
    page.wait_for_url("**/claims")
    context.close()


def test_claims_are_checked_with_keys(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address)
    context.set_default_timeout(60_000)
    watch = Watch(context, address)
    page = context.new_page()
    opened(page, f"{built}/check")
    left = int(page.inner_text(".queue").partition(" of ")[0].rpartition(" ")[2])
    first = page.inner_text("h1")
    if left > 1:
        page.keyboard.press("n")
        page.wait_for_url("**after=**")
        page.wait_for_selector("html[data-ready]", state="attached")
        assert page.inner_text("h1") != first
    page.keyboard.press("e")
    assert page.evaluate("document.activeElement.name") == "source"
    page.fill("[name=date]", "2021-07-19")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=status]")
    opened(page, f"{built}/claims")
    page.keyboard.press("r")  # of no row
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.wait_for_selector("article.rejected:target")
    page.wait_for_selector("html[data-ready]", state="attached")
    page.keyboard.press("c")
    page.wait_for_selector("article.confirmed:target")
    watch.check()
    context.close()


def test_pictures_are_explored(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address)
    context.set_default_timeout(60_000)
    watch = Watch(context, address)
    page = context.new_page()
    opened(page, f"{built}/claims?view=graph")
    page.get_by_label("Find a name").fill("hafnium")
    assert 0 < page.locator(".edge:not(.dim)").count() < page.locator(".edge").count()
    whole = page.locator("figure svg").get_attribute("viewBox")
    page.locator("figure").focus()
    page.keyboard.press("+")
    assert page.locator("figure svg").get_attribute("viewBox") != whole
    page.keyboard.press("0")
    assert page.locator("figure svg").get_attribute("viewBox") == whole
    opened(page, f"{built}/timeline")
    box = page.locator("figure svg").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + box["height"] - 3, steps=3)
    page.mouse.up()
    page.wait_for_url("**since=**")
    page.locator("#moves a", has_text="everything").click()
    page.wait_for_url("**/timeline")
    watch.check()
    context.close()


def test_the_filters_open_on_a_phone(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{built}/claims")
    assert not page.locator(".rail").is_visible()
    page.locator(".rail-label").click()
    page.locator(".rail .facet a").first.click()
    page.wait_for_selector(".bar-line .chips")
    context.close()


def test_files_are_dropped(browser: Any, address: str) -> None:
    context = inside(browser, address)
    page = context.new_page()
    opened(page, address)
    dropped = page.evaluate_handle(
        "() => { const all = new DataTransfer(); all.items.add(new File(['x'], 'statement.txt')); return all; }"
    )
    page.dispatch_event(".drop >> nth=0", "drop", {"dataTransfer": dropped})
    assert page.evaluate("document.querySelector('[name=texts]').files[0].name") == "statement.txt"
    context.close()


def test_without_script(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    page.fill("form.stack [name=name]", "Plain")
    page.fill("[name=pasted]", ARTICLE)
    page.get_by_role("button", name="Build").click()
    for _ in range(120):
        if page.locator("text=Open the case").count():
            break
        time.sleep(0.5)
        page.reload()
    page.click("text=Open the case")
    assert page.url.endswith("/case/plain")
    page.goto(f"{built}/weigh")
    page.locator("#what-if input[name=off]:not(:disabled)").first.check()
    page.click("text=Weigh again")
    page.wait_for_selector(".what-if")
    assert "off=" in page.url
    context.close()


def test_every_page_fits_a_phone_and_axe_finds_nothing_serious(browser: Any, address: str, screens: list[str]) -> None:
    """Each page once: on a phone, then everything in the light, then whether colours can be told apart in the dark."""
    from axe_playwright_python.base import AXE_SCRIPT

    # The page's own policy forbids the script that axe injects; everything else is as it is served.
    context = inside(browser, address, viewport=PHONE, bypass_csp=True)
    outside = browser.new_context(viewport=PHONE, bypass_csp=True)  # sees how to come in, and no more
    wide, found = [], []
    for page, urls in ((context.new_page(), screens), (outside.new_page(), [address])):
        for url in urls:
            page.emulate_media(color_scheme="light")
            page.set_viewport_size(PHONE)
            page.goto(url)
            if page.evaluate("document.documentElement.scrollWidth") > PHONE["width"]:
                wide.append(url)
            page.set_viewport_size(DESK)
            page.evaluate(FEW)
            page.evaluate(AXE_SCRIPT)
            for scheme, options in AXE.items():
                page.emulate_media(color_scheme=scheme)
                for violation in page.evaluate("options => axe.run(options).then(told => told.violations)", options):
                    if violation["impact"] in {"serious", "critical"}:
                        node = violation["nodes"][0]
                        told = (len(violation["nodes"]), node["html"][:160], node["failureSummary"][:200])
                        found.append((url, scheme, violation["id"], *told))
    assert not wide
    assert not found
    context.close()
    outside.close()


def test_dark_is_dark(browser: Any, address: str, built: str) -> None:
    context = inside(browser, address, color_scheme="dark")
    page = context.new_page()
    page.goto(built)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 19, 24)"
    context.close()
