"""Every scenario through the real hunt: the right verdict, stages, chains and reach."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from examples.scenarios import write_scenario
from indicia.hunt.run import hunt
from indicia.records import Chain, Hunt, HuntVerdict, Outcome, RuleLevel, Severity, Stage, from_json, to_json

LOUD = {RuleLevel.MEDIUM, RuleLevel.HIGH, RuleLevel.CRITICAL}
Hunted = Callable[[str], Hunt]


@pytest.fixture(scope="module")
def hunted(tmp_path_factory: pytest.TempPathFactory) -> Hunted:
    """A function that hunts through a scenario, once per scenario."""
    done: dict[str, Hunt] = {}

    def run(name: str) -> Hunt:
        if name not in done:
            folder = tmp_path_factory.mktemp(name)
            write_scenario(name, folder, ordinary_lines=2_000, seed=7)
            done[name] = hunt([folder], jobs=1)
        return done[name]

    return run


def successes(found: Hunt) -> list[Chain]:
    return [chain for chain in found.chains if chain.outcome is Outcome.SUCCESS]


@pytest.mark.parametrize(
    ("name", "verdict", "broken_into"),
    [
        ("A", HuntVerdict.COMPROMISE, 1),
        ("B", HuntVerdict.ATTEMPT, 0),
        ("C", HuntVerdict.SIGNS, 1),
        ("D", HuntVerdict.NOT_SEEN, 0),
        ("E", HuntVerdict.ATTEMPT, 0),
        ("F", HuntVerdict.COMPROMISE, 3),
        ("G", HuntVerdict.COMPROMISE, 1),
        ("H", HuntVerdict.COMPROMISE, 1),
        ("I", HuntVerdict.COMPROMISE, 2),
        ("J", HuntVerdict.COMPROMISE, 1),
    ],
)
def test_verdict(name: str, verdict: HuntVerdict, broken_into: int, hunted: Hunted) -> None:
    found = hunted(name)
    assert found.verdict is verdict, found.reason
    assert len(successes(found)) == broken_into
    assert "The logs reach: " in found.reason and " UTC" in found.reason
    assert all(chain.summary.endswith(").") and chain.start and chain.end for chain in found.chains)


def test_a_finds_every_stage_and_tells_scanners_apart(hunted: Hunted) -> None:
    found = hunted("A")
    intrusion, *others = found.chains
    assert set(intrusion.stages) >= {
        Stage.PROBE,
        Stage.EXPLOIT,
        Stage.WEB_SHELL,
        Stage.EXECUTION,
        Stage.PERSISTENCE,
        Stage.CREDENTIALS,
        Stage.DISCOVERY,
        Stage.COLLECTION,
        Stage.EXFILTRATION,
    }
    assert dict(intrusion.keys)["client"] == "198.51.100.23"
    assert {dict(chain.keys)["client"] for chain in others} == {"192.0.2.66", "192.0.2.41"}
    assert {chain.outcome for chain in others} == {Outcome.ATTEMPT}
    by_id = {sighting.id: sighting for sighting in found.sightings}
    inside = [by_id[identity] for identity in intrusion.sightings]
    assert {sighting.event.format for sighting in inside} >= {"httpproxy", "ecp-server", "ecp-activity", "oab-generator", "iis"}
    seen = {flaw for sighting in inside for flaw in sighting.vulnerabilities}
    assert seen == {"CVE-2021-26855", "CVE-2021-26857", "CVE-2021-26858", "CVE-2021-27065"}
    # Everything loud is in one of the chains, and nothing is in two.
    chained = [identity for chain in found.chains for identity in chain.sightings]
    assert len(chained) == len(set(chained))
    assert {sighting.id for sighting in found.sightings if sighting.level in LOUD} <= set(chained)


def test_every_step_of_the_chain_is_seen_in_every_log_that_has_it(hunted: Hunted) -> None:
    """The forged requests: each in HttpProxy; each that the rules know by its path also on the back end."""
    found = hunted("A")
    anchors = {
        sighting.event.fields["AnchorMailbox"].partition(":444")[2].partition("?")[0]
        for sighting in found.sightings
        if sighting.event.fields.get("AnchorMailbox", "").startswith("ServerInfo~a]@")
        and sighting.event.fields["ClientIpAddress"] == "198.51.100.23"
    }
    assert anchors == {
        "/autodiscover/autodiscover.xml",
        "/mapi/emsmdb/",
        "/ecp/proxyLogon.ecp",
        "/ecp/DDI/DDIService.svc/GetObject",
        "/ecp/DDI/DDIService.svc/SetObject",
    }
    back = [sighting for sighting in found.sightings if sighting.event.fields.get("s-port") == "444"]
    assert {sighting.event.fields["cs-uri-stem"] for sighting in back} >= anchors


def test_b_says_that_the_door_may_have_been_open(hunted: Hunted) -> None:
    found = hunted("B")
    assert {sighting.outcome for sighting in found.sightings} == {Outcome.ATTEMPT}
    assert "CVE-2021-26855 got an answer (200)" in found.reason
    assert len(found.chains) == 2


def test_c_says_where_the_logs_begin(hunted: Hunted) -> None:
    found = hunted("C")
    assert "How it came there is not in these logs: the logs begin at 2021-03-03 00:0" in found.reason
    assert found.chains[0].stages == (Stage.WEB_SHELL,)


def test_d_raises_nothing_loud(hunted: Hunted) -> None:
    found = hunted("D")
    assert [sighting.title for sighting in found.sightings if sighting.level in LOUD] == []
    assert found.chains == ()


def test_e_keeps_five_scanners_apart(hunted: Hunted) -> None:
    found = hunted("E")
    assert {dict(chain.keys)["client"] for chain in found.chains} == {f"192.0.2.{number}" for number in range(41, 46)}
    assert {chain.outcome for chain in found.chains} == {Outcome.ATTEMPT}


def test_f_keeps_tenants_apart_whatever_their_build(hunted: Hunted) -> None:
    found = hunted("F")
    assert {chain.host for chain in successes(found)} == {"exch01.alpha.example", "ex16.charlie.example", "exch01.echo.example"}
    attempts = {chain.host for chain in found.chains if chain.outcome is Outcome.ATTEMPT}
    assert attempts == {"mail02.bravo.example", "exch-a.delta.example"}


def test_g_names_what_is_broken_and_finds_as_much_as_a(hunted: Hunted) -> None:
    whole, broken = hunted("A"), hunted("G")
    assert set(whole.chains[0].stages) == set(broken.chains[0].stages)
    assert len(whole.chains[0].sightings) == len(broken.chains[0].sightings)
    told = {Path(problem.where.rsplit(":", 1)[0]).parent.name for problem in broken.problems}
    assert told >= {"Ecp", "Owa", "Oab", "Server", "W3SVC2", "events"}
    assert not [problem for problem in broken.problems if problem.severity is Severity.FAILED]


def test_h_keeps_hostile_text_as_it_is_and_apart_from_our_words(hunted: Hunted) -> None:
    found = hunted("H")
    values = {value for sighting in found.sightings for value in sighting.event.fields.values()}
    assert any("<script>alert(1)</script>" in value for value in values)
    assert any("=cmd|" in value for value in values)
    ours = " ".join((found.reason, *(chain.summary for chain in found.chains)))
    for hostile in ("<script>", "\x1b", "=cmd|", "\u202e", "onerror"):
        assert hostile not in ours
    assert from_json(to_json(found), Hunt) == found


def test_i_keeps_two_intruders_apart(hunted: Hunted) -> None:
    first, second = successes(hunted("I"))
    assert dict(first.keys)["client"] == "198.51.100.23" and dict(second.keys)["client"] == "198.51.100.181"
    assert set(first.sightings).isdisjoint(second.sightings)
    assert {dict(first.keys)["canary"], dict(second.keys)["canary"]} == {"xh3kq0aa9uu.test-canary", "zt71lmpq0.other-canary"}
    assert first.host == second.host and first.end and second.start and first.end < second.start
    assert Stage.EXFILTRATION in first.stages and Stage.EXFILTRATION not in second.stages


def test_j_sees_the_voice_mail_flaw_alone(hunted: Hunted) -> None:
    found = hunted("J")
    assert {flaw for sighting in found.sightings for flaw in sighting.vulnerabilities} == {"CVE-2021-26857"}
    assert found.chains[0].stages == (Stage.EXPLOIT, Stage.EXECUTION)
    assert "HttpProxy" not in found.reason


def test_the_example_is_a_compromise_in_every_stage() -> None:
    logs = Path(__file__).parents[3] / "examples" / "exchange-2021" / "logs"
    found = hunt([logs], jobs=1)
    assert found.verdict is HuntVerdict.COMPROMISE
    assert len(successes(found)) == 1 and len(successes(found)[0].stages) == 9


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_ordinary_traffic_raises_nothing_loud(seed: int, tmp_path: Path) -> None:
    write_scenario("D", tmp_path, seed=seed, ordinary_lines=20_000, days=3)
    found = hunt([tmp_path], jobs=1)
    assert found.verdict is HuntVerdict.NOT_SEEN
    assert [sighting.title for sighting in found.sightings if sighting.level in LOUD] == []


def test_a_flood_of_scanners_does_not_hide_the_one_request_that_was_answered(tmp_path: Path) -> None:
    """More attempts than sightings are kept per rule, and then the real shell."""
    log = tmp_path / "inetpub" / "logs" / "LogFiles" / "W3SVC1" / "u_ex210303.log"
    log.parent.mkdir(parents=True)
    fields = "#Fields: date time s-ip cs-method cs-uri-stem s-port c-ip cs(User-Agent) sc-status"
    row = "2021-03-03 {:02}:{:02}:{:02} 10.0.0.5 GET /owa/auth/ErrorAA.aspx 443 {} curl/7.68.0 {}"
    times = [(index // 3600, index // 60 % 60, index % 60) for index in range(1_600)]
    rows = [row.format(*time, "192.0.2.41", 302) for time in times] + [row.format(9, 0, 0, "198.51.100.23", 200)]
    log.write_text("\n".join([fields, *rows]) + "\n")
    found = hunt([tmp_path], jobs=1, most=1_000)
    assert found.verdict is HuntVerdict.SIGNS
    assert dict(successes(found)[0].keys)["client"] == "198.51.100.23"
    assert len(found.sightings) == 1_001
