"""What a terminal gets: no character that it would obey or that nobody sees, whichever command prints it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.view.test_inert import hides

EVIL = "a\x1b]0;owned\x07b\u202ec\U000e0041d\u200be\u2066f\x9bg\ufeffh"
LOG = "#Fields: date time cs-method cs-uri-stem c-ip\n2021-03-03 06:00:00 GET /evil 192.0.2.7\n"
RULE = f"""title: "{EVIL.encode("unicode_escape").decode()}"
id: 00000000-0000-4000-8000-000000000001
logsource: {{category: webserver}}
detection: {{s: {{cs-uri-stem: /evil}}, condition: s}}
level: high
"""
TEXT = f"On 19 July 2021 the government of Norway{EVIL} accused China of the breach at Larkspur Mining. It used 192.0.2.7.\n"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("evil")
    (folder / "logs").mkdir()
    (folder / "rules").mkdir()
    (folder / "logs" / "u_ex.log").write_text(LOG, "utf-8")
    (folder / "rules" / "r.yml").write_text(RULE, "utf-8")
    (folder / f"{EVIL.replace('/', '')[:60]}.txt").write_text(TEXT, "utf-8")
    sources = ["brief", *map(str, folder.glob("*.txt")), "--logs", str(folder / "logs"), "--rules", str(folder / "rules")]
    on_terminal(folder, *sources, "--case", str(folder / "a.indicia"))
    return folder


def on_terminal(folder: Path, *arguments: str) -> str:
    """All that a terminal gets from a command."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "indicia", *arguments]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=folder, env={**os.environ, "NO_COLOR": "1"}):
        os.close(theirs)
        got = b""
        try:
            while piece := os.read(ours, 65_536):
                got += piece
        except OSError:  # the other end is closed
            pass
    os.close(ours)
    return got.decode("utf-8").replace("\r\n", "\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("hunt", "logs", "--rules", "rules"),
        ("history", "a.indicia", "--json"),
        ("read", ".", "--jsonl"),
        ("share", "a.indicia", "--as", "csv"),
        ("share", "a.indicia", "--as", "ledger"),
        ("share", "a.indicia", "--as", "eurepoc"),
        ("judge", "a.indicia", "claim--0000", "--action", "note", "--note", "x", "--author", EVIL),
    ],
    ids=lambda each: " ".join(each[:4])[:40].encode("ascii", "ignore").decode(),
)
def test_nothing_hidden_reaches_a_terminal(case: Path, arguments: tuple[str, ...]) -> None:
    told = on_terminal(case, *arguments)
    # What rich itself does to a terminal (progress, the cursor) comes before the words of a command.
    left = [char for char in told.replace("\x1b[?25l", "").replace("\x1b[?25h", "").replace("\r", "") if hides(char)]
    controls = told.count("\x1b[") and {"\x1b"}
    assert not set(left) - (controls or set()), (arguments, sorted(set(left)))
    assert "\x1b]" not in told and "owned\x07" not in told
