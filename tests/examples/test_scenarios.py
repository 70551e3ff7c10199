"""The scenario generator: same seed, same lines, in the forms and folders of a server; and the example in the repository."""

from __future__ import annotations

import csv
import gzip
import json
import re
from pathlib import Path

import pytest

from examples.scenarios import TITLES, write_scenario
from examples.scenarios.__main__ import main
from examples.scenarios.place import COLUMNS, COLUMNS_2016
from indicia.errors import UsageError

EXAMPLE = Path(__file__).parents[2] / "examples" / "exchange-2021"
ADDRESS = re.compile(r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b")
DOCUMENTATION = re.compile(r"10\.|127\.0\.0\.1$|198\.51\.100\.|203\.0\.113\.|192\.0\.2\.")
# Dotted numbers that are versions of programs, not addresses.
VERSIONS = re.compile(r"(Chrome|Outlook|MacOutlook|ExchangeServicesClient)[\s/]*[\d.]+|5\.1\.14393\.\d+")


def content(path: Path) -> bytes:
    data = path.read_bytes()
    return gzip.decompress(data) if path.suffix == ".gz" else data


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): content(path) for path in sorted(folder.rglob("*")) if path.is_file()}


def rows(path: Path) -> list[list[str]]:
    lines = content(path).decode().splitlines()
    return list(csv.reader(line for line in lines if not line.startswith("#")))


def test_the_example_is_what_the_generator_makes(tmp_path: Path) -> None:
    write_scenario("A", tmp_path, seed=20210719, ordinary_lines=12_000, gzip_over=100_000)
    assert tree(tmp_path) == tree(EXAMPLE / "logs")


def test_the_example_is_small() -> None:
    assert sum(path.stat().st_size for path in EXAMPLE.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize("name", TITLES)
def test_same_seed_same_bytes_and_another_seed_others(name: str, tmp_path: Path) -> None:
    for folder, seed in (("one", 1), ("two", 1), ("three", 2)):
        write_scenario(name, tmp_path / folder, seed=seed, ordinary_lines=400)
    assert tree(tmp_path / "one") == tree(tmp_path / "two")
    assert tree(tmp_path / "one") != tree(tmp_path / "three")


@pytest.mark.parametrize("name", TITLES)
def test_only_documentation_addresses_and_no_working_code(name: str, tmp_path: Path) -> None:
    for path in write_scenario(name, tmp_path, ordinary_lines=300):
        text = content(path).decode("utf-8", "replace")
        if path.suffix == ".bin":
            continue
        text = VERSIONS.sub("", text)
        text = re.sub(r"#Version.*|15\.\d+\.\d+\.\d+|14\.\d+\.\d+\.\d+|\d\d\.\d\d\.\d+\.\d+", "", text)
        strange = {found for found in ADDRESS.findall(text) if not DOCUMENTATION.match(found)}
        assert not strange, path
        assert "eval(" not in text
        for script in re.findall(r"<script language.*?</script>", text):
            assert "inert test marker" in script


def test_httpproxy_rows_fit_their_heads(tmp_path: Path) -> None:
    write_scenario("A", tmp_path / "a", ordinary_lines=500)
    table = rows(tmp_path / "a/Logging/HttpProxy/Ecp/HttpProxy_2021030300-1.LOG")
    assert tuple(table[0]) == COLUMNS
    assert len(COLUMNS) == 74
    assert {len(row) for row in table} == {74}
    write_scenario("F", tmp_path / "f", ordinary_lines=2_000)
    table = rows(tmp_path / "f/charlie/Logging/HttpProxy/Ecp/HttpProxy_2021030300-1.LOG")
    assert tuple(table[0]) == COLUMNS_2016
    assert {len(row) for row in table} == {72}


def test_the_canary_and_the_request_id_join_the_logs(tmp_path: Path) -> None:
    write_scenario("A", tmp_path, ordinary_lines=300)
    ecp = content(tmp_path / "Logging/ECP/Server/ECPServer20210303-1.LOG").decode()
    front = content(tmp_path / "inetpub/logs/LogFiles/W3SVC1/u_ex210303.log").decode()
    forged = [row for row in rows(tmp_path / "Logging/HttpProxy/Ecp/HttpProxy_2021030300-1.LOG") if "SetObject" in row[15]]
    assert len(forged) == 3
    for row in forged:
        canary = re.search(r"msExchEcpCanary=([^&]+)", row[15])
        assert canary is not None and canary[1] in ecp
        assert f"cafeReqId={row[1]};" in front


def test_files_are_in_time_order_and_cover_the_days(tmp_path: Path) -> None:
    write_scenario("D", tmp_path, ordinary_lines=3_000, days=2)
    for day in ("210303", "210304"):
        lines = content(tmp_path / f"inetpub/logs/LogFiles/W3SVC1/u_ex{day}.log").decode().splitlines()[4:]
        stamps = [line[:19] for line in lines]
        assert stamps == sorted(stamps)
        assert len({stamp[11:13] for stamp in stamps}) == 24


def test_a_busy_server_starts_a_proxy_log_an_hour(tmp_path: Path) -> None:
    write_scenario("D", tmp_path, ordinary_lines=2_000, days=0.02)
    assert (tmp_path / "Logging/HttpProxy/Owa/HttpProxy_2021030300-1.LOG").exists()
    assert (tmp_path / "Logging/HttpProxy/Ecp/HttpProxy_2021030309-1.LOG").exists()


def test_events_are_json_in_both_forms(tmp_path: Path) -> None:
    write_scenario("A", tmp_path / "a", ordinary_lines=300)
    write_scenario("J", tmp_path / "j", ordinary_lines=300)
    dumped = [json.loads(line) for line in (tmp_path / "a/events/MSExchange Management.jsonl").read_text().splitlines()]
    shell = next(event["Event"] for event in dumped if "<script" in json.dumps(event))
    assert shell["System"]["Provider"]["#attributes"]["Name"] == "MSExchange CmdletLogs"
    assert shell["EventData"]["Data"]["#text"][0] == "Set-OabVirtualDirectory"
    beats = [json.loads(line) for line in (tmp_path / "j/events/Application.jsonl").read_text().splitlines()]
    assert any("InvalidCastException" in beat["winlog"]["event_data"]["param1"] for beat in beats)
    assert not (tmp_path / "j/Logging").exists()


def test_broken_files_are_broken(tmp_path: Path) -> None:
    written = write_scenario("G", tmp_path, ordinary_lines=1_000)
    by_name = {path.relative_to(tmp_path).as_posix(): path.read_bytes() for path in written}
    ecp = next(data for name, data in by_name.items() if "/Ecp/" in name)
    assert ecp.startswith(b"\xef\xbb\xbf") and max(map(len, ecp.splitlines())) > 1_000_000
    assert next(data for name, data in by_name.items() if "W3SVC1" in name).count(b"#Fields:") == 2
    assert next(data for name, data in by_name.items() if "W3SVC2" in name).endswith(b"\x00" * 4096)
    assert b"" in by_name.values()


def test_the_command_writes_a_folder_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["B", "D", "-o", str(tmp_path), "--lines", "100", "--start", "2021-02-01", "--seed", "3"]) == 0
    assert (tmp_path / "B/inetpub/logs/LogFiles/W3SVC1/u_ex210201.log").exists()
    assert (tmp_path / "D/events/MSExchange Management.jsonl").exists()
    assert "an administrator at work" in capsys.readouterr().err


def test_an_unknown_scenario_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no scenario 'Z'"):
        write_scenario("Z", tmp_path)
