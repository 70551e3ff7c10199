"""Speed of the store: `python -m bench.store [--sightings N] [--url URL] [--quick]`; last line `bench.store: key=value ...`.

Made sightings (a fixed seed), each an HttpProxy record with twelve fields of its own, 400 rules, 50 hosts and 60 techniques,
are saved in one run, saved again unchanged, and asked for by technique, by host and by words: the median and the worst of many
questions, each the first page of a hundred. Without `--url` into an SQLite file in a folder of its own, which is removed.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from indicia.case import Store, open_store
from indicia.records import (
    Case,
    Event,
    Hunt,
    HuntVerdict,
    Outcome,
    Place,
    RuleLevel,
    Sighting,
    Stage,
    Versions,
    stable_id,
)

START = datetime(2021, 3, 1, tzinfo=UTC)
HOSTS = tuple(f"exch{number:02d}.corp.example" for number in range(50))
TECHNIQUES = tuple(f"T{1000 + number}" for number in range(60))
LEVELS, STAGES, OUTCOMES = tuple(RuleLevel), tuple(Stage), tuple(Outcome)


def made(number: int, chance: random.Random) -> Sighting:
    """One sighting; the same for the same number and state of `chance`."""
    rule = chance.randrange(400)
    time = START + timedelta(seconds=number)
    host = HOSTS[chance.randrange(50)]
    url = f"/ecp/{chance.randrange(9999)}.js"
    status = chance.choice(("200", "241", "302", "404"))
    fields = {
        "ClientIpAddress": f"198.51.{chance.randrange(100)}.{chance.randrange(256)}",
        "UrlStem": url,
        "UrlQuery": f"schema=ResetOABVirtualDirectory&msExchEcpCanary={chance.getrandbits(64):x}",
        "HttpStatus": status,
        "BackEndStatus": status,
        "Method": chance.choice(("GET", "POST")),
        "UserAgent": "python-requests/2.25.1",
        "AnchorMailbox": f"ServerInfo~a]@{host}:444/autodiscover?#",
        "AuthenticatedUser": f"CORP\\user{chance.randrange(2000)}",
        "RequestId": f"{chance.getrandbits(128):032x}",
        "ServerHostName": host,
        "Protocol": "Ecp",
    }
    file = f"HttpProxy_{time:%Y%m%d%H}-1.LOG"
    return Sighting(
        id=stable_id("sighting", rule, file, number),
        rule=f"rule-{rule:04d}",
        title=f"Exchange's front end was made to reach its back end, variant {rule}",
        level=LEVELS[rule % len(LEVELS)],
        event=Event(
            place=Place(file=file, position=number),
            format="httpproxy",
            time=time,
            time_text=time.isoformat(),
            host=host,
            fields=fields,
        ),
        matched=(("UrlStem", url), ("AnchorMailbox", fields["AnchorMailbox"])),
        techniques=(TECHNIQUES[rule % 60], TECHNIQUES[(rule * 7) % 60]),
        stage=STAGES[rule % len(STAGES)],
        outcome=OUTCOMES[rule % len(OUTCOMES)],
    )


def case_of(count: int) -> Case:
    chance = random.Random(8)
    hunt = Hunt(
        verdict=HuntVerdict.COMPROMISE, reason="made", sightings=tuple(made(number, chance) for number in range(1, count + 1))
    )
    return Case(name="made", versions=Versions(indicia="bench"), hunt=hunt)


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds by the clock, seconds of this process's processor time)."""
    clock, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - clock, time.process_time() - cpu


def asked(questions: list[Callable[[], object]]) -> tuple[float, float]:
    """(median, worst) milliseconds."""
    times = [timed(question)[0] * 1000 for question in questions]
    return statistics.median(times), max(times)


def measure(store: Store, case: Case) -> dict[str, float]:
    """All figures, in the order in which they are taken."""
    found: dict[str, float] = {}
    for name in ("save", "again"):
        found[f"{name}_s"], found[f"{name}_cpu_s"] = timed(
            lambda: store.merge(lambda _: case, author="bench", time="2026-11-24T12:00:00Z", what="made")
        )
        print(f"{name:12} {found[f'{name}_s']:8.1f} s   {found[f'{name}_cpu_s']:8.1f} s of processor time", flush=True)
    questions: dict[str, list[Callable[[], object]]] = {
        "technique": [lambda name=name: store.sightings(technique_id=name) for name in TECHNIQUES],
        "host": [lambda name=name: store.sightings(host=name) for name in HOSTS],
        "rule": [lambda number=number: store.sightings(rule=f"rule-{number:04d}") for number in range(0, 400, 8)],
        "page": [lambda after=after: store.sightings(host=HOSTS[7], after=after) for after in range(0, 900_000, 30_000)],
        "words": [lambda number=number: store.search(f"198.51.{number}.7", limit=100) for number in range(50)],
        "two_words": [lambda name=name: store.search(f"{name} user1", limit=100) for name in HOSTS],
    }
    for name, asking in questions.items():
        found[f"{name}_ms"], found[f"{name}_worst_ms"] = asked(asking)
        print(f"by {name:9} {found[f'{name}_ms']:8.1f} ms  {found[f'{name}_worst_ms']:8.1f} ms at worst", flush=True)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sightings", type=int, default=1_000_000)
    parser.add_argument("--quick", action="store_true", help="a tenth of them")
    parser.add_argument("--url", help="an empty database, as postgresql+psycopg://...")
    options = parser.parse_args()
    count = options.sightings // (10 if options.quick else 1)
    case = case_of(count)
    with tempfile.TemporaryDirectory(prefix="indicia-bench-") as folder:
        file = Path(folder) / "bench.indicia"
        with open_store(options.url or file) as store:
            print(f"{count:,} sightings into {store.address.split('/')[0]}", flush=True)
            found = measure(store, case)
        if not options.url:
            found["megabytes"] = file.stat().st_size / 1e6
    print("bench.store: " + " ".join([f"sightings={count}", *(f"{name}={value:.1f}" for name, value in found.items())]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
