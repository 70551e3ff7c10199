"""Each example of the help, the README and the docs is run as it stands there, in one process and one folder.

What is not run is listed with the reason.
"""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typst

from indicia.case import open_store
from indicia.cli.main import run
from indicia.cli.options import short_id
from indicia.pipeline import load_case
from scripts.cli_reference import examples, parser
from tests.cli.test_reference import DOCS

# What is not run, by what tells it, and why.
NOT_RUN = {
    r"^indicia (serve|mcp)\b": "runs until somebody stops it; tests/web and tests/mcp drive both",
    r"https://": "asks a server; tests/watch, tests/web and tests/share do so with servers of their own",
    r"--reader ": "asks a language model; tests/readers do so with servers of their own",
    r"--engine spark|^indicia affairs\b": "needs Java and tables; tests/spark runs both",
    r"^indicia knowledge update": "needs the newest files of MITRE and CISA; tests/knowledge builds from small ones",
}
# What stands in an example for what only a real case has.
CLAIM, EVIDENCE = r"claim--0123456789abcdef|\b0123abcd\b", r"evidence--0123456789abcdef"
ARTICLE = """Allies name China for the Exchange hack
19 July 2021

The United Kingdom accused China of the hack of Microsoft Exchange servers. China denied the accusation.
The intruders exploited CVE-2021-26855 (T1190) and left the China Chopper web shell (T1505.003).
They came from 198.51.100[.]23.
"""
CLAIMS = (
    '{"reader": "theirs", "document": "%s", "claims": [{"quote": "The United Kingdom accused China of the hack of Microsoft '
    'Exchange servers.", "stance": "accuses", "source": "The United Kingdom", "accused": "China"}]}\n'
)
RULE = """title: A web shell was asked for
id: 00000000-0000-4000-8000-000000000001
logsource: {category: webserver}
detection: {shell: {cs-uri-stem|endswith: '/shell.aspx'}, condition: shell}
level: high
"""
LOG = """#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status
2021-03-03 06:49:59 192.0.2.7 GET /aspnet_client/shell.aspx - 443 - 198.51.100.23 curl/7 200
"""


def lines_of(path: Path) -> Iterator[str]:
    for block in re.findall(r"```(?:sh|console)\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
        for line in block.splitlines():
            line = line.strip().removeprefix("$ ")
            if line.startswith(("indicia ", "cat ")):
                yield line.partition("  #")[0].rstrip()


def ordered() -> list[str]:
    """Every example once: those of the help, then the docs'. The tutorial is one story, told by itself."""
    shown = [line for command in parser().values() for line in examples(command)]
    shown += [line for path in DOCS if path.name != "tutorial.md" for line in lines_of(path)]
    return list(dict.fromkeys(shown))


EVERY = ordered()
RUN = [line for line in EVERY if not any(re.search(told, line) for told in NOT_RUN)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds what the examples name."""
    here = tmp_path_factory.mktemp("examples")
    for name in ("statements", "exchange-logs", "logs", "collected", "sigma/rules", "newer-rules"):
        (here / name).mkdir(parents=True)
    for name in ("article.txt", "new-statement.txt", "statements/uk.txt"):
        (here / name).write_text(ARTICLE, "utf-8")
    (here / "statement.html").write_text(f"<html><body><p>{ARTICLE}</p></body></html>", "utf-8")
    (here / "texts.jsonl").write_text('{"id": "1", "text": "Norway accused Russia of the hack of its parliament."}\n', "utf-8")
    (here / "theirs.jsonl").write_text("".join(CLAIMS % name for name in ("statement.html", "uk.txt")), "utf-8")
    (here / "sigma" / "rules" / "shell.yml").write_text(RULE, "utf-8")
    (here / "newer-rules" / "shell.yml").write_text(RULE.replace("high", "critical"), "utf-8")
    for name in ("exchange-logs", "logs", "collected"):
        (here / name / "u_ex210303.log").write_text(LOG, "utf-8")
    assert called(here, "indicia brief article.txt --case affair.indicia -o first/") == 0
    assert called(here, "indicia share first/ --as navigator -o layer.json") == 0
    assert called(here, "indicia share first/ --as stix -o us.stix.json") == 0
    (here / "advisory.typ").write_text(ARTICLE.replace("[.]", r"\[.\]"), "utf-8")
    (here / "advisory.pdf").write_bytes(typst.compile(str(here / "advisory.typ")))
    for name in ("brief", "eu"):
        shutil.copytree(here / "first", here / name)
    for name in ("uk", "de", "fr"):
        shutil.copy(here / "affair.indicia", here / f"{name}.indicia")
    return here


def called(folder: Path, line: str) -> int:
    """The exit code of a command line, in this process; what it writes goes where a shell would let it go."""
    fed, _, rest = line.partition(" | ") if line.startswith("cat ") else ("", "", line)
    typed, _, target = rest.partition(" > ")
    out = io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True)
    with pytest.MonkeyPatch.context() as set_to:
        set_to.chdir(folder)
        set_to.delenv("INDICIA_SETTINGS", raising=False)
        set_to.setenv("XDG_CONFIG_HOME", str(folder))
        set_to.setattr(sys, "stdout", out)
        if fed:
            set_to.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO((folder / fed.split()[1]).read_bytes())))
        try:
            run(shlex.split(typed)[1:])
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
    if target and "/" not in target:
        (folder / target).write_bytes(out.buffer.getvalue())  # type: ignore[attr-defined]
    return code


def filled(folder: Path, line: str) -> str:
    """The example with ids that the case has."""
    if not re.search(rf"{CLAIM}|{EVIDENCE}", line):
        return line
    case = load_case(folder / "affair.indicia")
    assert case.weighing is not None
    line = re.sub(EVIDENCE, case.weighing.evidence[0].id, line)
    claim = next(one for one in case.claims if one.accused.party)
    return re.sub(CLAIM, claim.id if "claim--" in line else short_id(claim.id), line)


@pytest.mark.parametrize("line", RUN)
def test_an_example_runs(line: str, folder: Path) -> None:
    assert called(folder, filled(folder, line)) == 0


@pytest.mark.parametrize("told", NOT_RUN)
def test_what_is_not_run_is_still_an_example(told: str) -> None:
    assert any(re.search(told, line) for line in EVERY)


@pytest.mark.slow
def test_the_tutorial_is_true_from_the_first_line_to_the_last(tmp_path: Path) -> None:
    (path,) = (path for path in DOCS if path.name == "tutorial.md")
    story = [line for line in lines_of(path) if not any(re.search(told, line) for told in NOT_RUN)]
    assert len(story) > 8
    for line in story:
        assert called(tmp_path, line) == 0, line
    with open_store(str(tmp_path / "indicia-example" / "exchange.indicia")) as store:
        assert store.load().judgements, "the ids that the tutorial names are those of the example"
