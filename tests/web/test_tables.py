"""Tables that leave the page, and every link on it: inert for a spreadsheet, and leading somewhere."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests import sample_case
from tests.web.site import addresses, client, shelve

CASES = {"sample": sample_case.exchange_case, "hostile": sample_case.hostile_case}
# What each table bears: that of the texts where it holds nothing else, that of our own logs where it tells of them.
TABLES = {
    "documents": {"sample": "TLP:GREEN", "hostile": "TLP:AMBER"},
    "claims": {"sample": "TLP:GREEN", "hostile": "TLP:AMBER"},
    "hunt": {"sample": "TLP:AMBER", "hostile": "TLP:AMBER"},
    "advise": {"sample": "TLP:AMBER", "hostile": "TLP:AMBER"},
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    folder: Path = tmp_path_factory.mktemp("cases")
    for slug, make in CASES.items():
        shelve(folder, slug, make())
    with client(folder) as made:
        yield made


@pytest.mark.parametrize("slug", CASES)
@pytest.mark.parametrize("table", TABLES)
def test_a_spreadsheet_runs_nothing(site: TestClient, slug: str, table: str) -> None:
    answer = site.get(f"/case/{slug}/{table}.csv")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="{slug}-{_file(table)}.csv"'
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows and len({len(row) for row in rows}) == 1, "every row has the cells of the head"
    assert len(rows) > 1 and rows[0][-1] == "tlp" and {row[-1] for row in rows[1:]} == {TABLES[table][slug]}
    assert answer.headers["x-marking"] == TABLES[table][slug]
    for cell in (cell for row in rows for cell in row):
        assert cell.lstrip()[:1] not in {"=", "+", "-", "@"} and cell[:1] not in {"\t", "\r", "\n"}
        assert "\x00" not in cell


def _file(table: str) -> str:
    return {"hunt": "sightings", "advise": "measures"}.get(table, table)


def test_the_hostile_claim_is_in_its_table(site: TestClient) -> None:
    assert "<script>alert(1)</script>" in site.get("/case/hostile/claims.csv").text


def test_a_table_follows_the_filters(site: TestClient) -> None:
    every, denied = (site.get(f"/case/sample/claims.csv{query}").text.count("\r\n") for query in ("", "?stance=denies"))
    assert denied == 2 < every
    assert site.get("/case/sample/documents.csv?publisher=Example+News&year=2021").text.count("\r\n") == 2
    assert "Example agency" in site.get("/case/sample/documents").text.partition('aria-label="Filters"')[2]


@pytest.mark.parametrize("slug", CASES)
def test_every_link_leads_somewhere(site: TestClient, slug: str) -> None:
    """All links of all kinds of pages, each kind of address once or more, the hostile case's too."""
    wanted: set[str] = set()
    for address in [*addresses(CASES[slug](), slug), f"/case/{slug}/claims?view=graph", f"/case/{slug}/claims?view=sides"]:
        page = site.get(address).text
        for link in re.findall(r'href="([^"#]+)', page):
            link = unescape(link)
            if not link.startswith("/static") and "/export/" not in link:
                wanted.add(link)
    kinds: dict[str, list[str]] = {}
    for link in sorted(wanted):
        kinds.setdefault(re.sub(r"(=)[^&]*|/[^/?]*--[^/?]*", r"\1", link), []).append(link)
    for link in (link for links in kinds.values() for link in links[:3]):
        answer = site.get(link)
        assert answer.status_code == 200, link


@pytest.mark.parametrize("query", ["", "?for=clear", "?for=clear&internal=1", "?internal=1"])
def test_what_leaves_is_chosen(site: TestClient, query: str) -> None:
    text = site.get(f"/case/sample/export/md{query}").text
    assert ("EXCH01" in text) is (query == "?internal=1"), "names of machines leave only when asked, to those who may see them"
    assert site.get(f"/case/sample/export{query}").text.count(f"/export/md{query.replace('&', '&amp;')}") == 1


def test_an_unknown_audience_is_refused(site: TestClient) -> None:
    assert site.get("/case/sample/export?for=everybody").status_code == 400
    assert site.get("/case/sample/export/md?for=everybody").status_code == 400
