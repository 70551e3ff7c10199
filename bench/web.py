"""Server time of every page: `python -m bench.web [--quick] [--keep FOLDER]`. Ends with one line `bench.web: key=value ...`.

Over a case of 500 documents, 5,000 claims and a million sightings (--quick: 50, 500 and 20,000). Each page is asked for in
this process, without a network: cold is the first time, warm the median of the next. The first page of all also opens the case.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from starlette.testclient import TestClient

from bench.web_case import big_case
from indicia.case import open_store
from indicia.knowledge import load
from indicia.web import create_app

TARGET = 300  # milliseconds, of a page
SLUG = "big"
LAUNCH = "a-launch-token-of-this-run"
ENTERS = {"Authorization": f"Bearer {LAUNCH}"}
REPEATS = 5


def seed(folder: Path, *, documents: int, claims: int, sightings: int) -> None:
    """Writes the case into `folder`, unless it is there."""
    where = folder / f"{SLUG}.indicia"
    if where.exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    case = big_case(load(), documents=documents, claims=claims, sightings=sightings)
    made = time.perf_counter()
    with open_store(where) as store:
        store.merge(lambda _: case, author="bench", time="2026-01-02T03:04:05+00:00", what="made up")
    size = where.stat().st_size / 1e6
    print(f"made in {made - begun:.0f} s, written in {time.perf_counter() - made:.0f} s, {size:.0f} MB", flush=True)


def entered(folder: Path) -> TestClient:
    """A client that came in."""
    return TestClient(create_app(folder, author="bench", launch=LAUNCH), base_url="http://127.0.0.1", headers=ENTERS)


def asked(site: TestClient) -> dict[str, str]:
    """Name and address of every page, with the filters that cost most."""
    base = f"/case/{SLUG}"
    document = site.get(f"{base}/documents.json").json()["documents"][0]["id"]
    claim = site.get(f"{base}/claims.json").json()["claims"][0]["id"]
    hunt = site.get(f"{base}/hunt.json").json()
    item = site.get(f"{base}/weigh.json").json()["evidence"][0]["id"]
    return {
        "start": "/",
        "overview": base,
        "documents": f"{base}/documents",
        "document": f"{base}/documents/{document}",
        "ledger": f"{base}/claims",
        "ledger, filtered": f"{base}/claims?stance=denies&q=intrusion&order=date&page=2",
        "ledger, for and against": f"{base}/claims?view=sides&unsure=with",
        "ledger, graph": f"{base}/claims?view=graph&unsure=with",
        "claim": f"{base}/claims/{claim}",
        "check": f"{base}/check",
        "timeline": f"{base}/timeline",
        "timeline, a month": f"{base}/timeline?since=2021-02&until=2021-02",
        "hunt": f"{base}/hunt",
        "hunt, filtered": f"{base}/hunt?technique=T1190&outcome=success&host=EXCH007",
        "hunt, last page": f"{base}/hunt?page=1000000",
        "hunt, words": f"{base}/hunt?q=203.0.113.77",
        "hunt, a chain": f"{base}/hunt?chain={hunt['chains'][0]['id']}",
        "rules": f"{base}/hunt/rules",
        "reach": f"{base}/hunt/reach",
        "sighting": f"{base}/sightings/{hunt['sightings'][0]['id']}",
        "weigh": f"{base}/weigh",
        "weigh, what if": f"{base}/weigh?off={item}&prior=state:CN%3D0.4",
        "advise": f"{base}/advise",
        "advise, in place": f"{base}/advise?have=multi-factor-authentication&have=backups",
        "export": f"{base}/export",
        "people": f"{base}/people",
        "SQL": f"{base}/sql?q=select+source,+count(*)+from+claims+group+by+1",
        "search, rare": f"{base}/search?q=Report+77",
        "search, frequent": f"{base}/search?q=198.51.100.7",
        "search, nowhere": f"{base}/search?q=nowhere-at-all",
    }


def timed(site: TestClient, address: str) -> tuple[float, float, int]:
    """Wall and processor milliseconds of one page, and its bytes."""
    wall, processor = time.perf_counter(), time.process_time()
    answer = site.get(address)
    spent = (time.perf_counter() - wall) * 1000, (time.process_time() - processor) * 1000
    assert answer.status_code == 200, f"{address}: {answer.status_code}"
    return *spent, len(answer.content)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a twentieth of it all")
    parser.add_argument("--keep", type=Path, help="make the case here, or take it from here")
    given = parser.parse_args()
    size = (
        {"documents": 50, "claims": 500, "sightings": 20_000}
        if given.quick
        else {"documents": 500, "claims": 5000, "sightings": 1_000_000}
    )
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.keep or Path(temporary)
        seed(folder, **size)
        load()
        with TestClient(
            create_app(folder, author="bench", launch=LAUNCH), base_url="http://127.0.0.1", headers=ENTERS
        ) as other:
            pages = asked(other)
        figures: dict[str, tuple[float, float, float, float, int]] = {}
        with entered(folder) as site:
            opened = timed(site, f"/case/{SLUG}")
            print(f"opening the case: {opened[0]:.0f} ms, {opened[1]:.0f} ms of processor")
            print(f"{'page':24} {'cold ms':>9} {'cpu':>7} {'warm ms':>9} {'cpu':>7} {'KB':>7}")
            for name, address in pages.items():
                cold = timed(site, address)
                warm = [timed(site, address) for _ in range(REPEATS)]
                row = cold[0], cold[1], *(statistics.median(one[n] for one in warm) for n in (0, 1)), cold[2]
                figures[name] = row
                print(f"{name:24} {row[0]:9.0f} {row[1]:7.0f} {row[2]:9.0f} {row[3]:7.0f} {row[4] / 1000:7.0f}", flush=True)
    slow = [name for name, row in figures.items() if row[3] > TARGET]
    worst = max(figures, key=lambda name: figures[name][3])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(
        f"bench.web: pages={len(figures)} slower_than_{TARGET}ms={len(slow)} worst={worst.replace(' ', '_')} "
        f"worst_warm_cpu_ms={figures[worst][3]:.0f} worst_cold_cpu_ms={max(row[1] for row in figures.values()):.0f} "
        f"open_ms={opened[0]:.0f} most_memory_mb={memory:.0f}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
