"""The story that sightings tell: outcome, stage, chains, sentence, verdict and reach."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from indicia.errors import RuleError
from indicia.hunt.sight.notes import notes, read_note
from indicia.hunt.sight.sightings import judge, stage_of_tags
from indicia.hunt.story import Story, reach, tell
from indicia.hunt.story.keys import client_of, keys_of, web_path
from indicia.records import Event, Gap, HuntVerdict, LogFile, Outcome, Place, RuleLevel, Sighting, Stage, stable_id

START = datetime(2021, 3, 3, 6, 0, tzinfo=UTC)
ECP = "s/Logging/HttpProxy/Ecp/HttpProxy_2021030306-1.LOG"
IIS = "s/inetpub/logs/LogFiles/W3SVC1/u_ex210303.log"
BACK = "s/inetpub/logs/LogFiles/W3SVC2/u_ex210303.log"
ECP_SERVER = "s/Logging/ECP/Server/ECPServer20210303-1.LOG"
SYSMON = "s/events/Sysmon.jsonl"


def rule_id(told: str, stage: Stage) -> str:
    return next(key for key, note in sorted(notes().items()) if note.tells == told and note.stage is stage)


SET = rule_id("changed a virtual directory", Stage.EXPLOIT)
PROBE = rule_id("asked through a forged cookie whether the flaw is there", Stage.PROBE)
RESET = rule_id("had the server write a web shell (reset of the virtual directory)", Stage.WEB_SHELL)
SCRIPT = rule_id("put script into the address of a virtual directory", Stage.WEB_SHELL)
ORDERS = rule_id("gave orders through a web page", Stage.EXECUTION)
DUMP = rule_id("dumped the memory of LSASS", Stage.CREDENTIALS)
FILE = rule_id("wrote a page into a web folder", Stage.WEB_SHELL)


def sighting(
    rule: str,
    file: str,
    seconds: float | None,
    level: RuleLevel = RuleLevel.CRITICAL,
    *,
    title: str = "",
    host: str = "",
    **fields: str,
) -> Sighting:
    named = {name.replace("__", "-"): value for name, value in fields.items()}
    time = None if seconds is None else START + timedelta(seconds=seconds)
    position = int((seconds or 0) * 10) + 1
    event = Event(place=Place(file=file, position=position), format="x", time=time, time_text="", host=host, fields=named)
    unjudged = Sighting(
        id=stable_id("sighting", rule, file, position, *sorted(named.items())),
        rule=rule,
        title=title or rule,
        level=level,
        event=event,
        vulnerabilities=("CVE-2021-26855",) if rule == PROBE else (),
    )
    return judge(unjudged)


def logs(events: int = 100, **more: object) -> LogFile:
    values: dict[str, object] = {"oldest": START - timedelta(hours=6), "newest": START + timedelta(hours=17), **more}
    return LogFile(file=ECP, format="httpproxy", events=events, **values)  # type: ignore[arg-type]


def reset(seconds: float, client: str = "198.51.100.23", status: str = "200", canary: str = "canary-one") -> Sighting:
    anchor = (
        f"ServerInfo~a]@exch01:444/ecp/DDI/DDIService.svc/SetObject?msExchEcpCanary={canary}&schema=ResetOABVirtualDirectory#"
    )
    return sighting(
        RESET,
        ECP,
        seconds,
        AnchorMailbox=anchor,
        ClientIpAddress=client,
        HttpStatus=status,
        ServerHostName="EXCH01",
        UserAgent="py",
    )


def script(seconds: float, canary: str = "canary-one", fault: str = "") -> Sighting:
    return sighting(
        SCRIPT, ECP_SERVER, seconds, CMD="x", URL=f"/ecp/?msExchEcpCanary={canary}&schema=O", EX=fault, ServerName="EXCH01"
    )


def probe(seconds: float, client: str = "192.0.2.66", status: str = "200") -> Sighting:
    return sighting(
        PROBE,
        ECP,
        seconds,
        RuleLevel.MEDIUM,
        AnchorMailbox="ServerInfo~a]@exch01:444/autodiscover/autodiscover.xml",
        ClientIpAddress=client,
        HttpStatus=status,
        ServerHostName="EXCH01",
    )


def test_no_logs_and_nothing_seen_are_two_things() -> None:
    assert tell([], []).verdict is HuntVerdict.NO_LOGS
    assert tell([], [LogFile(file="a", format="iis", events=0)]).verdict is HuntVerdict.NO_LOGS
    story = tell([], [logs()])
    assert story.verdict is HuntVerdict.NOT_SEEN
    assert "from 2021-03-03 00:00 to 2021-03-03 23:00 UTC" in story.reason


def test_a_reset_that_succeeded_is_a_compromise_and_one_that_failed_an_attempt() -> None:
    story = tell([reset(0)], [logs()])
    assert story.verdict is HuntVerdict.COMPROMISE
    assert story.sightings[0].outcome is Outcome.SUCCESS
    assert f"({ECP}:1)" in story.reason and "exch01" in story.reason and "The logs reach" in story.reason
    story = tell([reset(0, status="401")], [logs()])
    assert story.verdict is HuntVerdict.ATTEMPT
    assert story.chains[0].outcome is Outcome.ATTEMPT
    assert "asked for the reset" in story.chains[0].summary and "401" in story.chains[0].summary


def test_a_log_without_the_answer_leaves_the_outcome_open() -> None:
    bare = sighting(RESET, ECP, 0, AnchorMailbox="ServerInfo~a]@x:444/", ClientIpAddress="198.51.100.23")
    assert judge(bare).outcome is Outcome.UNKNOWN


def test_a_probe_that_was_answered_is_an_attempt_with_a_warning() -> None:
    story = tell([probe(0), probe(3, status="302")], [logs()])
    assert story.verdict is HuntVerdict.ATTEMPT
    assert {each.outcome for each in story.sightings} == {Outcome.ATTEMPT}
    assert "One probe for CVE-2021-26855 got an answer (200)" in story.reason
    assert "got an answer" not in tell([probe(3, status="302")], [logs()]).reason


def test_a_session_ties_two_logs_together() -> None:
    story = tell([reset(0), script(400)], [logs()])
    assert len(story.chains) == 1
    assert ("canary", "canary-one") in story.chains[0].keys and ("client", "198.51.100.23") in story.chains[0].keys
    assert len(story.chains[0].sightings) == 2


def test_two_intruders_stay_two() -> None:
    story = tell(
        [reset(0), script(2), reset(400_000, "198.51.100.181", canary="two-two"), script(400_002, "two-two")], [logs()]
    )
    assert [chain.outcome for chain in story.chains] == [Outcome.SUCCESS, Outcome.SUCCESS]
    assert [len(chain.sightings) for chain in story.chains] == [2, 2]


def test_two_hosts_stay_two_even_with_one_intruder() -> None:
    other = sighting(
        RESET, "t/Logging/HttpProxy/Ecp/a.LOG", 1, ClientIpAddress="198.51.100.23", HttpStatus="200", ServerHostName="EXCH02"
    )
    story = tell([reset(0), other], [logs()])
    assert {chain.host for chain in story.chains} == {"exch01", "exch02"}
    assert "2 hosts were broken into: exch01, exch02" in story.reason


def test_same_short_name_in_two_places_stays_two() -> None:
    sightings = [
        sighting(RESET, f"{tenant}/Logging/HttpProxy/Ecp/a.LOG", at, HttpStatus="200", ServerHostName="EXCH01",
                 TargetServer=f"exch01.{tenant}.example", ClientIpAddress="198.51.100.23")
        for at, tenant in enumerate(("alpha", "echo"))
    ]  # fmt: skip
    assert {chain.host for chain in tell(sightings, [logs()]).chains} == {"exch01.alpha.example", "exch01.echo.example"}


def test_a_log_without_a_name_takes_the_one_of_its_folder() -> None:
    visit = sighting(
        rule_id("called a web shell", Stage.WEB_SHELL), IIS, 30, cs__uri__stem="/owa/auth/x.aspx", c__ip="198.51.100.23",
        sc__status="200", s__ip="10.0.0.5",
    )  # fmt: skip
    assert {chain.host for chain in tell([reset(0), visit], [logs()]).chains} == {"exch01"}
    assert {chain.host for chain in tell([visit], [logs()]).chains} == {"10.0.0.5"}


def test_the_back_end_line_goes_to_the_front_end_line_with_the_same_user_agent() -> None:
    back = sighting(
        SET,
        BACK,
        100.6,
        cs__uri__stem="/ecp/DDI/DDIService.svc/SetObject",
        sc__status="200",
        s__port="444",
        c__ip="10.0.0.5",
        s__ip="10.0.0.5",
        **{"cs(User-Agent)": "Other+Agent/1.0"},
    )
    near = reset(100.5)
    right = replace(reset(100, "198.51.100.181", canary="two-two"))
    right = replace(right, event=replace(right.event, fields={**right.event.fields, "UserAgent": "Other Agent/1.0"}))
    chains = tell([near, right, back], [logs()]).chains
    assert sorted((len(chain.sightings), dict(chain.keys)["client"]) for chain in chains) == [
        (1, "198.51.100.23"),
        (2, "198.51.100.181"),
    ]


def test_an_order_through_a_shell_and_what_follows_it_belong_to_the_chain() -> None:
    worker = {"ProcessGuid": "{A}", "ParentProcessGuid": "{W}", "Computer": "exch01.corp.example"}
    later = {"ProcessGuid": "{B}", "ParentProcessGuid": "{A}", "Computer": "exch01.corp.example"}
    visit = sighting(
        rule_id("called a web shell", Stage.WEB_SHELL), IIS, 100, cs__uri__stem="/owa/auth/x.aspx", c__ip="198.51.100.23",
        sc__status="200",
    )  # fmt: skip
    story = tell([reset(0), visit, sighting(ORDERS, SYSMON, 100.5, **worker), sighting(DUMP, SYSMON, 4000, **later)], [logs()])
    assert len(story.chains) == 1
    assert story.chains[0].stages == (Stage.WEB_SHELL, Stage.EXECUTION, Stage.CREDENTIALS)
    assert story.chains[0].host == "exch01.corp.example"


def test_the_scanner_who_asks_for_the_shell_is_not_its_owner() -> None:
    called = rule_id("called a web shell", Stage.WEB_SHELL)
    page = "C:\\Program Files\\Microsoft\\Exchange Server\\V15\\FrontEnd\\HttpProxy\\owa\\auth\\x.aspx"
    made = sighting(FILE, SYSMON, 1, TargetFilename=page, Computer="exch01")
    owner = sighting(called, IIS, 30, cs__uri__stem="/owa/auth/X.aspx", c__ip="198.51.100.23", sc__status="200")
    scanner = sighting(called, IIS, 60, cs__uri__stem="/owa/auth/x.aspx", c__ip="192.0.2.41", sc__status="302")
    story = tell([made, owner, scanner], [logs()])
    assert [(chain.outcome, len(chain.sightings)) for chain in story.chains] == [(Outcome.SUCCESS, 2), (Outcome.ATTEMPT, 1)]


def test_a_shell_that_answers_without_a_break_in_is_a_sign_and_says_where_the_logs_begin() -> None:
    called = rule_id("called a web shell", Stage.WEB_SHELL)
    story = tell(
        [sighting(called, IIS, 30, RuleLevel.HIGH, cs__uri__stem="/owa/auth/x.aspx", c__ip="198.51.100.23", sc__status="200")],
        [logs()],
    )
    assert story.verdict is HuntVerdict.SIGNS
    assert "How it came there is not in these logs: the logs begin at 2021-03-03 00:00:00 UTC" in story.reason


def test_many_scanners_are_one_chain() -> None:
    story = tell([probe(index * 60, f"192.0.2.{index + 1}") for index in range(40)] + [reset(5)], [logs()])
    assert [chain.outcome for chain in story.chains] == [Outcome.SUCCESS, Outcome.ATTEMPT]
    assert len(story.chains[1].sightings) == 40 and "36 more" in story.chains[1].summary


def traces(*told: str) -> list[Sighting]:
    """Sightings of foreign rules on one host, each told as `level stage [outcome]`."""
    found = []
    for number, words in enumerate(told):
        level, stage, *outcome = words.split(", ")
        one = sighting(f"foreign-{number}", SYSMON, number * 60, RuleLevel(level), title=f"T{number}", Computer="ws1")
        found.append(replace(one, stage=Stage(stage), outcome=Outcome(*outcome) if outcome else one.outcome))
    return found


@pytest.mark.parametrize(
    ("told", "verdict", "worst"),
    [
        (("low, discovery",), HuntVerdict.NOT_SEEN, "T0"),
        (("informational, discovery", "low, discovery"), HuntVerdict.NOT_SEEN, "T1"),
        (("medium, discovery",), HuntVerdict.LOOK, "T0"),
        (("medium, other", "low, execution"), HuntVerdict.LOOK, "T0"),
        (("medium, discovery, attempt",), HuntVerdict.ATTEMPT, "T0"),
        (("medium, discovery, attempt", "medium, execution"), HuntVerdict.LOOK, "T1"),
        (("high, execution, attempt",), HuntVerdict.ATTEMPT, "T0"),
        (("high, probe",), HuntVerdict.LOOK, "T0"),
        (("high, execution",), HuntVerdict.SIGNS, "T0"),
        (("medium, discovery", "high, execution"), HuntVerdict.SIGNS, "T1"),
        (("high, execution", "high, execution", "high, execution"), HuntVerdict.SIGNS, "T0"),
        (("high, execution", "high, credential access"), HuntVerdict.SIGNS, "T0"),
        (("high, execution", "high, credential access, success"), HuntVerdict.SIGNS, "T1"),
        (("high, execution", "high, credential access", "high, persistence"), HuntVerdict.LIKELY, "T0"),
        (("high, execution", "critical, credential access"), HuntVerdict.LIKELY, "T1"),
        (("critical, credential access",), HuntVerdict.SIGNS, "T0"),
        (("medium, discovery", "critical, credential access, success"), HuntVerdict.LIKELY, "T1"),
    ],
    ids=lambda value: "; ".join(value) if isinstance(value, tuple) else "",
)
def test_the_verdict_agrees_with_its_list(told: tuple[str, ...], verdict: HuntVerdict, worst: str) -> None:
    story = tell(traces(*told), [logs()])
    assert story.verdict is verdict, story.reason
    assert f"the worst trace is “{worst}”" in story.reason.partition("The logs reach")[0]


def test_traces_on_two_hosts_do_not_make_one_likely() -> None:
    one, two, three = traces("high, execution", "high, credential access", "high, persistence")
    other = replace(two, event=replace(two.event, fields={"Computer": "ws2"}))
    assert tell([one, two, three], [logs()]).verdict is HuntVerdict.LIKELY
    assert tell([one, other, three], [logs()]).verdict is HuntVerdict.SIGNS


@pytest.mark.parametrize(
    ("channel", "number", "outcome"),
    [
        ("Security", "4720", Outcome.SUCCESS),
        ("Security", "1102", Outcome.SUCCESS),
        ("System", "7045", Outcome.SUCCESS),
        ("Application", "7045", Outcome.UNKNOWN),
        ("Security", "4688", Outcome.UNKNOWN),
        ("Security", "4625", Outcome.ATTEMPT),
    ],
)
def test_what_windows_records_once_it_is_done_is_a_success(channel: str, number: str, outcome: Outcome) -> None:
    assert sighting("foreign", SYSMON, 0, RuleLevel.HIGH, Channel=channel, EventID=number).outcome is outcome


def test_a_foreign_rule_at_a_high_level_is_a_sign_unless_the_answer_turned_it_away() -> None:
    assert tell([sighting("foreign", SYSMON, 0, RuleLevel.HIGH, Computer="ws1")], [logs()]).verdict is HuntVerdict.SIGNS
    for status, verdict in (("404", HuntVerdict.ATTEMPT), ("200", HuntVerdict.ATTEMPT)):
        asked = sighting("foreign", IIS, 0, RuleLevel.HIGH, c__ip="192.0.2.5", sc__status=status)
        assert tell([asked], [logs()]).verdict is verdict
    failed = sighting("foreign", SYSMON, 0, RuleLevel.HIGH, Channel="Security", EventID="4625", Computer="ws1")
    assert tell([failed], [logs()]).verdict is HuntVerdict.ATTEMPT


def test_an_address_on_a_list_is_no_proof_and_a_file_hash_is_a_sign() -> None:
    seen = sighting("indicator:ipv4-addr", IIS, 0, RuleLevel.HIGH, c__ip="198.51.100.23", sc__status="200")
    assert tell([seen], [logs()]).verdict is HuntVerdict.ATTEMPT
    known = sighting("indicator:file-sha256", SYSMON, 0, RuleLevel.HIGH, Computer="ws1")
    assert tell([known], [logs()]).verdict is HuntVerdict.SIGNS


def test_an_indicator_in_a_chain_changes_neither_its_outcome_nor_its_stages() -> None:
    seen = sighting(
        "indicator:ipv4-addr", ECP, 1, RuleLevel.HIGH, ClientIpAddress="192.0.2.66", HttpStatus="200", ServerHostName="EXCH01"
    )
    chain = tell([probe(0), replace(seen, indicator="192.0.2.66")], [logs()]).chains[0]
    assert chain.outcome is Outcome.ATTEMPT and chain.stages == (Stage.PROBE,) and len(chain.sightings) == 2
    assert "with the indicators 192.0.2.66" in chain.summary and "an attempt only" in chain.summary


def test_rules_of_others_are_told_by_their_titles_after_our_words() -> None:
    worker = {"ProcessGuid": "{A}", "ParentProcessGuid": "{W}", "Computer": "exch01"}
    foreign = [
        sighting(f"foreign-{level}", SYSMON, at, level, title=f"Rule {level}", **worker)
        for at, level in enumerate((RuleLevel.LOW, RuleLevel.MEDIUM, RuleLevel.HIGH))
    ]
    alone = tell(foreign, [logs()]).chains[0].summary
    assert "something matched “Rule high”, “Rule medium” and “Rule low” (3 sightings in one log)." in alone
    mixed = tell([*foreign, sighting(ORDERS, SYSMON, 5, **worker)], [logs()]).chains[0].summary
    assert "gave orders through a web page and matched “Rule high”, “Rule medium” and “Rule low”" in mixed


def test_strangers_words_do_not_get_into_ours() -> None:
    bad = sighting(
        RESET,
        "a\x1b[31m\n/b.LOG",
        0,
        ClientIpAddress="198.51.100.23",
        HttpStatus="200",
        ServerHostName="ex<b>\x1b]0;x\x07\u202e",
    )
    story = tell([bad], [logs()])
    words = story.reason + story.chains[0].summary + story.chains[0].host
    assert not [character for character in words if character in "<>\x1b\x07\u202e\n"]
    assert story.verdict is HuntVerdict.COMPROMISE


def test_reach_names_each_kind_with_its_own_span_and_what_is_left_out() -> None:
    old = LogFile(
        file="b",
        format="iis",
        events=5,
        skipped=3,
        oldest=START - timedelta(days=60),
        newest=START + timedelta(hours=17),
        gaps=(Gap(start=START, end=START + timedelta(hours=2)),),
    )
    told = reach([logs(), old, LogFile(file="c", format="")])
    assert "IIS from 2021-01-02 06:00 to 2021-03-03 23:00 UTC" in told
    assert "HttpProxy from 2021-03-03 00:00" in told
    assert "1 gap within them, 3 records that could not be read, 1 file of no known kind" in told
    assert "cannot be told" in reach([LogFile(file="c", format="iis", events=3)])


def test_sightings_without_a_time_stand_last_and_still_count() -> None:
    timeless = sighting(RESET, ECP, None, ClientIpAddress="198.51.100.23", HttpStatus="200", ServerHostName="EXCH01")
    story = tell([timeless, reset(5)], [logs()])
    assert story.sightings[-1].event.time is None and len(story.chains) == 1
    assert "at times that the logs do not tell" in tell([timeless], [logs()]).chains[0].summary


def test_keys() -> None:
    assert web_path(r"D:\x\FrontEnd\HttpProxy\ecp\auth\A.aspx") == "/ecp/auth/a.aspx"
    assert web_path(r"C:\Windows\Temp\a.aspx") == ""
    for written in ("198.51.100.1", "::ffff:198.51.100.1", "[::ffff:c633:6401]"):
        assert client_of(sighting("r", IIS, 0, c__ip=written, s__ip="10.0.0.5").event) == "198.51.100.1"
    for own in ("127.0.0.1", "::1", "10.0.0.5", "-", "not-an-address"):
        assert client_of(sighting("r", IIS, 0, c__ip=own, s__ip="10.0.0.5").event) == ""
    request = "7c0c6a1e-3d0e-4f0e-9a38-0d2b2f9d1a11"
    front = sighting("r", IIS, 0, cs__uri__query=f"&CorrelationID=<empty>;&cafeReqId={request};&encoding=;")
    proxy = sighting("r", ECP, 0, RequestId=request.upper())
    assert set(keys_of(front)) == set(keys_of(proxy)) == {("request", request)}
    assert list(keys_of(sighting("r", SYSMON, 0, LogonId="0x3e7"))) == []


def test_stages_by_tags() -> None:
    assert stage_of_tags(["attack.initial-access", "attack.t1190"]) is Stage.EXPLOIT
    assert stage_of_tags(["attack.persistence", "attack.t1505.003"]) is Stage.WEB_SHELL
    assert stage_of_tags(["attack.defense_evasion", "attack.impact"]) is Stage.IMPACT
    assert stage_of_tags(["cve.2021-26855", "detection.emerging-threats"]) is Stage.OTHER


@pytest.mark.parametrize("block", [{"stage": "nonsense"}, {"success": "sometimes"}, {"stages": "probe"}])
def test_a_bad_note_is_refused(block: dict[str, str]) -> None:
    with pytest.raises(RuleError):
        read_note(block)


EVERY = [
    reset(0),
    script(2),
    script(8, fault="x"),
    probe(50),
    probe(60, "192.0.2.7"),
    reset(9000, "198.51.100.181", canary="two-two"),
]


@settings(max_examples=40, deadline=None)
@given(st.permutations(EVERY))
def test_the_order_of_the_input_does_not_matter(shuffled: list[Sighting]) -> None:
    assert tell(shuffled, [logs()]) == tell(EVERY, [logs()])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 100_000), st.sampled_from(["198.51.100.1", "198.51.100.2", ""]), st.sampled_from(["200", "302"])
        )
    )
)
def test_every_loud_sighting_is_in_exactly_one_chain(drawn: list[tuple[int, str, str]]) -> None:
    sightings = {each.id: each for each in (reset(at, client, "200" if done else "302") for at, client, done in drawn)}
    story: Story = tell(sightings.values(), [logs()])
    chained = [identity for chain in story.chains for identity in chain.sightings]
    assert sorted(chained) == sorted(sightings)
    assert all(chain.start is not None and chain.end is not None and chain.start <= chain.end for chain in story.chains)


def test_twenty_thousand_sightings_are_no_trouble() -> None:
    story = tell([probe(index * 0.7, f"192.0.2.{index % 200 + 1}") for index in range(20_000)], [logs()])
    assert len(story.chains) == 1
    assert len(story.chains[0].sightings) == 20_000


def test_a_cleared_log_is_told() -> None:
    gone = sighting(
        rule_id("cleared the Security log", Stage.EVASION), SYSMON, 60, RuleLevel.HIGH, EventID="1102", Computer="exch01"
    )
    story = tell([reset(0), replace(gone, techniques=("T1070.001",))], [logs()])
    assert "Event logs were cleared at 2021-03-03 06:01:00 UTC" in story.reason


def test_clocks_that_differ_are_told_and_do_not_part_what_belongs_together() -> None:
    request = "7c0c6a1e-3d0e-4f0e-9a38-0d2b2f9d1a11"
    proxy = replace(reset(0), event=replace(reset(0).event, format="httpproxy"))
    proxy = replace(proxy, event=replace(proxy.event, fields={**proxy.event.fields, "RequestId": request}))
    late = sighting(
        rule_id("posted to a static file", Stage.PROBE),
        IIS,
        3600,
        RuleLevel.MEDIUM,
        cs__uri__query=f"&cafeReqId={request};",
        c__ip="198.51.100.23",
        sc__status="200",
    )
    story = tell([proxy, replace(late, event=replace(late.event, format="iis"))], [logs()])
    assert len(story.chains) == 1
    assert "HttpProxy" in story.reason and "The clocks of the logs differ: IIS runs 3,600 s ahead of HttpProxy." in story.reason
    assert "clocks" not in tell([proxy], [logs()]).reason


def test_records_without_a_time_are_one_chain() -> None:
    timeless = [
        sighting(f"rule-{number}", "table.csv", None, RuleLevel.HIGH, host="WS1", number=str(number)) for number in range(9)
    ]
    timed = [sighting("rule-x", "other.csv", 60, RuleLevel.HIGH, host="WS1")]
    story = tell([*timeless, *timed], [logs()])
    assert sorted(len(chain.sightings) for chain in story.chains) == [1, 9]
