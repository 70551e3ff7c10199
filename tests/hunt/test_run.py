"""The hunt as a whole: rules of every kind, indicators, correlations, several processes, interruptions."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgspec
import pytest

from examples.scenarios import write_scenario
from indicia.errors import InputError
from indicia.hunt import processes, run
from indicia.hunt.run import hunt
from indicia.hunt.sight.indicators import IndicatorSought, stands_alone
from indicia.hunt.sight.notes import notes
from indicia.records import Hunt, HuntVerdict, Severity, json_pieces, to_json

W3C = "#Fields: date time cs-method cs-uri-stem cs-uri-query c-ip cs(User-Agent) sc-status\n"


def web_log(path: Path, lines: int = 200, odd: str = "") -> Path:
    text = "".join(
        f"2021-03-03 {index // 3600 % 24:02}:{index // 60 % 60:02}:{index % 60:02}"
        f" GET /p{index % 7}.html - 192.0.2.{index % 200} Mozilla/5.0+(X11) 200\n"
        for index in range(lines)
    )
    path.write_text(W3C + text + odd, "utf-8")
    return path


def rule(folder: Path, detection: str, *, logsource: str = "{category: webserver}", extra: str = "", name: str = "r") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yml"
    path.write_text(
        f"title: {name}\nid: 00000000-0000-4000-8000-{abs(hash(name)) % 10**12:012}\nlogsource: {logsource}\n"
        f"detection:\n{detection}\nlevel: high\ntags: [attack.initial-access, attack.t1190, cve.2021-26855]\n{extra}",
        "utf-8",
    )
    return folder


def matches(result: Hunt) -> int:
    return sum(each.matches for each in result.rules)


@pytest.mark.parametrize(
    ("selection", "value", "fits"),
    [
        ("f: 'C:\\a?c*'", "c:\\aBcd", True),
        ("f|contains|all: [a, b]", "xbxa", True),
        ("f|contains|all: [a, b]", "xa", False),
        ("f|startswith: AB", "abc", True),
        ("f|endswith|cased: AB", "xab", False),
        ("f|re: '^a+b$'", "aab", True),
        ("f|re|i: '^A+B$'", "aab", True),
        ("f|cidr: 198.51.100.0/24", "198.51.100.9", True),
        ("f|gte: 10", "10", True),
        ("f|lt: 10", "10", False),
        ("f|windash|contains: ' -x '", "a /x b", True),
        ("f|base64offset|contains: secret", "eHNlY3JldHg=", True),
        ("f|wide|base64offset|contains: ab", "YQBiAA==", True),
        ("f|fieldref: g", "same", True),
        ("f|exists: true", "x", True),
        ("f|exists: false", "x", False),
        ("f: null", "x", False),
        ("h: null", "x", True),
        ("h: ''", "x", True),
        ("f: '*'", "x", True),
        ("f: [a, b]", "B", True),
        ("f|neq: a", "b", True),
        ("f|expand: '%unknown%'", "x", False),
        ("f|hour: 6", "2021-03-03T06:50:08", True),
    ],
)
def test_modifiers(selection: str, value: str, fits: bool, tmp_path: Path) -> None:
    log = tmp_path / "other.jsonl"  # the product that the rule names
    log.write_bytes(msgspec.json.encode({"f": value, "g": value, "time": "2021-03-03T06:48:02Z"}) + b"\n")
    rules = rule(tmp_path / "rules", f"  s:\n    {selection}\n  condition: s", logsource="{product: other}")
    result = hunt([log], rules=[rules], builtin=False)
    assert matches(result) == fits
    if "expand" in selection:
        assert "%unknown% has no value" in str(result.rules[0].skipped)
    elif fits:
        (sighting,) = result.sightings
        assert sighting.techniques == ("T1190",) and sighting.vulnerabilities == ("CVE-2021-26855",)


def test_keywords_and_filters(tmp_path: Path) -> None:
    log = web_log(tmp_path / "u_ex.log", 5, "2021-03-03 09:00:00 GET /x.aspx cmd=WhoAmI 198.51.100.7 evil+agent 200\n")
    rules = rule(tmp_path / "rules", "  k: [whoami]\n  condition: k")
    assert [s.event.place.position for s in hunt([log], rules=[rules], builtin=False).sightings] == [7]
    (rules / "f.yml").write_text(
        "title: f\nlogsource: {category: webserver}\nfilter:\n  rules: [r]\n  s: {c-ip: 198.51.100.7}\n  condition: not s\n",
        "utf-8",
    )
    rule(rules, "  k: [whoami]\n  condition: k", extra="name: r\n")
    assert matches(hunt([log], rules=[rules], builtin=False)) == 0


def test_a_path_in_a_query_rule_is_found_in_the_stem(tmp_path: Path) -> None:
    log = web_log(tmp_path / "u_ex.log", 3, "2021-03-03 09:00:00 POST /owa/auth/x.css - 198.51.100.7 a+b 200\n")
    rules = rule(tmp_path / "rules", "  s: {cs-uri-query|contains: /owa/auth/, cs-user-agent: 'a b'}\n  condition: s")
    assert matches(hunt([log], rules=[rules], builtin=False)) == 1


CORRELATION = """title: c
correlation:
  type: {kind}
  rules: {rules}
  group-by: [c-ip]
  timespan: 1m
  condition: {condition}
level: high
"""


@pytest.mark.parametrize(
    ("kind", "condition", "times", "fits"),
    [
        ("event_count", "{gte: 3}", (0, 20, 40), 1),
        ("event_count", "{gte: 3}", (0, 40, 80), 0),
        ("event_count", "{gte: 3}", (0, 1, 2, 300, 301, 302), 2),
        ("value_count", "{gte: 3, field: cs-uri-stem}", (0, 1, 2), 1),
        ("value_count", "{gte: 4, field: cs-uri-stem}", (0, 1, 2), 0),
    ],
)
def test_correlations(kind: str, condition: str, times: tuple[int, ...], fits: int, tmp_path: Path) -> None:
    lines = "".join(f"2021-03-03 06:{at // 60:02}:{at % 60:02} GET /{at}.aspx - 198.51.100.7 a 200\n" for at in times)
    (tmp_path / "u_ex.log").write_text(W3C + lines, "utf-8")
    rules = rule(tmp_path / "rules", "  s: {cs-uri-stem|endswith: .aspx}\n  condition: s", extra="name: base\n")
    (rules / "c.yml").write_text(CORRELATION.format(kind=kind, rules="[base]", condition=condition), "utf-8")
    result = hunt([tmp_path / "u_ex.log"], rules=[rules], builtin=False)
    assert [sighting.title for sighting in result.sightings] == ["c"] * fits


def test_a_sequence_in_order(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rule(rules, "  s: {cs-uri-stem: /one}\n  condition: s", extra="name: one\n", name="one")
    rule(rules, "  s: {cs-uri-stem: /two}\n  condition: s", extra="name: two\n", name="two")
    text = CORRELATION.format(kind="temporal_ordered", rules="[one, two]", condition="{gte: 2}")
    (rules / "c.yml").write_text(text.replace("  condition: {gte: 2}\n", ""), "utf-8")
    for order, fits in ((("/one", "/two"), 1), (("/two", "/one"), 0)):
        lines = "".join(f"2021-03-03 06:00:0{at} GET {stem} - 198.51.100.7 a 200\n" for at, stem in enumerate(order))
        (tmp_path / "u_ex.log").write_text(W3C + lines, "utf-8")
        result = hunt([tmp_path / "u_ex.log"], rules=[rules], builtin=False)
        assert len(result.sightings) == fits


def test_indicators_stand_alone(tmp_path: Path) -> None:
    odd = (
        "2021-03-03 09:00:00 GET /x u=http://evil.example/ 198.51.100.7 a 200\n"
        "2021-03-03 09:00:01 GET /x u=notevil.example 198.51.100.77 a 200\n"
        "2021-03-03 09:00:02 GET /x u=www.evil.example:80 192.0.2.1 a 200\n"
    )
    log = web_log(tmp_path / "u_ex.log", 50, odd)
    sought = [
        IndicatorSought(type="ipv4-addr", value="198.51.100.7"),
        IndicatorSought(type="domain-name", value="EVIL.example"),
    ]
    result = hunt([log], builtin=False, indicators=sought)
    assert {(s.indicator, s.event.place.position) for s in result.sightings} == {
        ("198.51.100.7", 52),
        ("EVIL.example", 52),
        ("EVIL.example", 54),
    }
    assert result.indicators_sought == 2


@pytest.mark.parametrize(
    ("text", "value", "kind", "alone"),
    [
        (b"1.198.51.100.7", b"198.51.100.7", "ipv4-addr", False),
        (b"198.51.100.7.", b"198.51.100.7", "ipv4-addr", True),
        (b"a.evil.example", b"evil.example", "domain-name", True),
        (b"evil.example.org", b"evil.example", "domain-name", False),
        (b"sha256=aabb,", b"aabb", "file-sha256", True),
        (b"ccaabb", b"aabb", "file-sha256", False),
    ],
)
def test_boundaries(text: bytes, value: bytes, kind: str, alone: bool) -> None:
    at = text.index(value)
    assert stands_alone(text, at, at + len(value), kind) is alone


def test_raw_bytes_of_any_file(tmp_path: Path) -> None:
    blob = os.urandom(3) + b"\x00evil.example\x00" + b"\x00" * 9 + "evil.example".encode("utf-16-le") + b"\x00\x00"
    (tmp_path / "memory.bin").write_bytes(b"\x7fELF" + blob)
    sought = [IndicatorSought(type="domain-name", value="evil.example")]
    assert not hunt([tmp_path], builtin=False, indicators=sought).sightings
    result = hunt([tmp_path], builtin=False, indicators=sought, raw=True)
    assert len(result.sightings) == 2
    assert {sighting.event.place.unit for sighting in result.sightings} == {"byte"}


@pytest.mark.parametrize("always", [False, True], ids=["a rule of others", "a rule whose matches all count as successes"])
def test_processes_change_nothing(always: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    web_log(tmp_path / "u_ex1.log", 30_000, "2021-03-03 23:00:00 GET /x.aspx - 198.51.100.7 evil 200\n")
    web_log(tmp_path / "u_ex2.log", 20_000)
    rules = rule(tmp_path / "rules", "  s: {cs-uri-stem: [/x.aspx, /p3.html]}\n  condition: s")
    if always:
        own = next(identity for identity, note in notes().items() if note.success == ())
        text = (rules / "r.yml").read_text("utf-8")
        (rules / "r.yml").write_text(re.sub("(?m)^id: .*$", f"id: {own}", text), "utf-8")
    one = hunt([tmp_path], rules=[rules], builtin=False, jobs=1, most=50)
    monkeypatch.setattr(run, "WORTH_A_PROCESS", 1 << 18)
    monkeypatch.setattr(processes, "SIZE", 1 << 19)
    two = hunt([tmp_path], rules=[rules], builtin=False, jobs=2, most=50)
    assert matches(one) == 1 + 50_000 // 7 + 1
    assert to_json(msgspec.structs.replace(one, stats=())) == to_json(msgspec.structs.replace(two, stats=()))


def test_a_result_in_pieces_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_scenario("G", tmp_path / "logs", ordinary_lines=300, seed=7)
    found = hunt([tmp_path / "logs"], jobs=1)
    assert b"".join(json_pieces(found)) == to_json(found)
    monkeypatch.setattr("indicia.records.base._AT_ONCE", 3)
    pieces = list(json_pieces(found))
    assert b"".join(pieces) == to_json(found)
    assert len(found.sightings) > 6 and max(map(len, pieces)) < len(to_json(found.sightings)) // 2


def test_kept_events_can_be_asked(tmp_path: Path) -> None:
    log = web_log(tmp_path / "u_ex.log", 20)
    hunt([log], builtin=False, keep=tmp_path / "kept")
    query = f"SELECT count(*), min(log_position), any_value(\"cs-method\") FROM '{tmp_path / 'kept' / 'iis.parquet'}'"
    assert duckdb.execute(query).fetchone() == (20, 2, "GET")


def test_kept_events_are_hunted_as_what_they_were(tmp_path: Path) -> None:
    write_scenario("G", tmp_path / "logs", ordinary_lines=200, seed=7)
    first = hunt([tmp_path / "logs"], keep=tmp_path / "kept", jobs=1)
    again = hunt([tmp_path / "kept"], jobs=1)
    assert len(first.sightings) > 20
    assert again.sightings == first.sightings
    assert again.verdict == first.verdict
    logs = {file.file: (file.format, file.events, file.oldest, file.newest, file.host) for file in first.files if file.events}
    assert {
        file.file: (file.format, file.events, file.oldest, file.newest, file.host) for file in again.files if file.events
    } == logs


FULL = """
import resource, sys
from pathlib import Path
from examples.scenarios import write_scenario
from indicia.hunt.run import hunt
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # bytes that a file may grow to: the disk is full, as it were
result = hunt([Path(sys.argv[1])], builtin=False, keep=Path(sys.argv[2]))
print(result.files[0].events, [problem.what for problem in result.problems if problem.severity == "failed"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sets a limit that only POSIX has")
def test_a_full_disk_costs_only_what_was_to_be_kept(tmp_path: Path) -> None:
    log = web_log(tmp_path / "u_ex.log", 40_000)
    command = [sys.executable, "-c", FULL, str(log), str(tmp_path / "kept")]
    environment = {**os.environ, "INDICIA_CACHE": str(tmp_path / "cache")}
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120, env=environment)
    assert done.stdout.startswith("40000 ['events were not kept: ")
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize(
    ("change", "told", "lost"),
    [
        (lambda path: path.write_bytes(path.read_bytes() + b"2021-03-03 23:59:59 GET /late"), "was written to", False),
        (lambda path: os.truncate(path, 200), "was cut from", True),
        (lambda path: path.unlink(), "was removed", True),
    ],
    ids=["grown", "cut", "removed"],
)
def test_a_file_that_changes_while_it_is_read(
    change: Callable[[Path], object], told: str, lost: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = web_log(tmp_path / "u_ex.log", 200_000)
    monkeypatch.setattr(processes, "SIZE", 1 << 20)
    changed: list[object] = []

    def progress(what: str, _done: float, _total: float | None) -> None:
        if what == "hunting" and not changed:
            changed.append(change(log))

    result = hunt([log], builtin=False, progress=progress, jobs=1)
    assert any(problem.what.startswith(told) for problem in result.problems)
    assert bool(result.files[0].skipped) is lost
    assert result.files[0].events > 0


def test_lost_records_are_counted_with_their_log(tmp_path: Path) -> None:
    event = '{"Event":{"System":{"Provider":{"#attributes":{"Name":"p"}},"EventID":1,"Channel":"c"},"EventData":{"A":"x"}}}\n'
    (tmp_path / "events.jsonl").write_text(event * 3 + "{broken\n" * 2 + event, "utf-8")
    result = hunt([tmp_path], builtin=False)
    assert [(file.events, file.skipped) for file in result.files] == [(4, 2)]
    assert "2 records that could not be read" in result.reason


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    result = hunt([tmp_path / "missing"], builtin=False)
    assert result.verdict is HuntVerdict.NO_LOGS
    assert [problem.what for problem in result.problems] == ["no such file or folder"]
    with pytest.raises(InputError, match="no such file or folder of rules"):
        hunt([tmp_path], rules=[tmp_path / "missing"], builtin=False)


def test_broken_rules_are_listed(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "a.yml").write_text("title: [", "utf-8")
    (rules / "b.yml").write_text("title: b\nlogsource: {category: webserver}\ndetection: {s: {f: a}, condition: t}\n", "utf-8")
    (rules / "c.yml").write_text("- a list\n", "utf-8")
    rule(rules, "  s: {f|re: '(a+)+\\1'}\n  condition: s")
    result = hunt([web_log(tmp_path / "u_ex.log", 3)], rules=[rules], builtin=False)
    assert len(result.rules) == 4 and all(each.skipped for each in result.rules)
    assert any("could run for ages" in str(each.skipped) for each in result.rules)


@pytest.mark.slow
def test_an_interrupt_ends_all_processes(tmp_path: Path) -> None:
    web_log(tmp_path / "u_ex.log", 1_200_000)
    code = f"from pathlib import Path; from indicia.hunt.run import hunt; hunt([Path({str(tmp_path)!r})], jobs=2)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True, stderr=subprocess.DEVNULL)
    time.sleep(2.5)
    process.send_signal(signal.SIGINT)
    process.wait(timeout=30)
    time.sleep(0.3)
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_xml_events_under_a_prefix_are_read(tmp_path: Path) -> None:
    event = "<{0}Event{1}><{0}System><{0}EventID>{2}</{0}EventID><{0}Channel>Security</{0}Channel></{0}System></{0}Event>"
    namespace = "http://schemas.microsoft.com/win/2004/08/events/event"
    many = "".join(event.format("e:", "", number) for number in range(5))
    (tmp_path / "many.xml").write_text(f'<e:Events xmlns:e="{namespace}">{many}</e:Events>', "utf-8")
    own = "".join(event.format("e:", f' xmlns:e="{namespace}"', number) for number in range(5))
    mixed = own + event.format("", "", 5) + event.format("win-2.x:", "", 6)
    (tmp_path / "mixed.xml").write_text(mixed, "utf-8")
    result = hunt([tmp_path], builtin=False, jobs=1)
    assert [(file.format, file.events) for file in result.files] == [("windows-xml", 5), ("windows-xml", 7)]
    assert not result.problems


def test_a_log_of_no_known_kind_does_not_count_as_read(tmp_path: Path) -> None:
    (tmp_path / "x.log").write_text("one;two\nthis is nothing\nknown 5 to 7\n", "utf-8")
    result = hunt([tmp_path], builtin=False, jobs=1)
    assert [(problem.severity, problem.count) for problem in result.problems] == [(Severity.SKIPPED, 3)]
    assert "no known kind" in result.problems[0].what
