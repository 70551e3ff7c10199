"""A rule file may unfold into no more than a rule holds: what goes beyond is refused at once, the rest of the file is read."""

from __future__ import annotations

import pytest

from indicia.hunt.rules.sigma import compile_documents, read_documents
from tests.work import ended_by

HEAD = "title: a\nlogsource: {category: webserver}\n"
TEN = "\n".join(f"x{n}: &x{n} [{', '.join([f'*x{n - 1}'] * 10)}]" for n in range(1, 12))
MERGED = "\n".join(f"x{n}: &x{n} {{<<: [{', '.join([f'*x{n - 1}'] * 101)}]}}" for n in range(1, 6))
BOMBS = {
    "anchors in a value": f"{HEAD}x0: &x0 lol\n{TEN}\ndetection: {{s: {{f: *x11}}, condition: s}}",
    "anchors in a title": f"logsource: {{category: webserver}}\nx0: &x0 lol\n{TEN}\ntitle: *x11\n",
    "merged mappings": f"{HEAD}x0: &x0 {{a: b}}\n{MERGED}\ndetection: {{s: *x5, condition: s}}",
    "nested lists": f"{HEAD}detection: {{s: {{f: {'[' * 300}a{']' * 300}}}, condition: s}}",
    "dashes": f"{HEAD}detection: {{s: {{'f|windash|contains': '{' -a' * 40}'}}, condition: s}}",
    "many values with dashes": f"{HEAD}detection: {{s: {{'f|windash': [{', '.join([' -a -b -c -d'] * 99)}]}}, condition: s}}",
    "wildcards": f"{HEAD}detection: {{s: {{f: '{'*a' * 4_000}'}}, condition: s}}",
    "a long value": f"{HEAD}detection: {{s: {{'f|utf16|base64offset|contains': '{'a' * 900_000}'}}, condition: s}}",
    "a long condition": f"{HEAD}detection: {{s: {{f: a}}, condition: '{'s and ' * 90_000}s'}}",
    "many long values": f"{HEAD}detection: {{s: {{f: [{', '.join(['a' * 8_000] * 200)}]}}, condition: s}}",
    "a correlation of no names": "title: a\ncorrelation: {type: event_count, rules: [{a: b}], timespan: 1m}",
}  # fmt: skip


@pytest.mark.parametrize("name", BOMBS)
def test_a_rule_that_unfolds_is_refused(name: str) -> None:
    with ended_by(10):
        documents, faults = read_documents(f"{BOMBS[name]}\n".encode(), "a.yml")
        rules = compile_documents([("a.yml", documents)])
    assert len(faults) + len(rules.refused) == 1
    assert not rules.rules and not rules.correlations


def test_the_other_rules_of_the_file_are_read() -> None:
    documents, _ = read_documents(f"{BOMBS['dashes']}\n---\n{HEAD}detection: {{s: {{f: a}}, condition: s}}\n".encode(), "a.yml")
    rules = compile_documents([("a.yml", documents)])
    reasons = [one.reason for one in rules.refused]
    assert (len(rules.rules), reasons) == (1, ["means more than 20,000 values by its dashes (windash)"])
