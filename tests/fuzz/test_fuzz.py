"""A short run of the fuzzer; `make fuzz` runs for ten minutes. What it finds is mended and kept in `corpus`."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzz import running
from tests.fuzz.faulty import FAULTY
from tests.fuzz.mutating import mutated
from tests.fuzz.running import fuzz
from tests.fuzz.seeds import CORPUS
from tests.fuzz.target import run
from tests.fuzz.targets import TARGETS

INPUTS = {
    "claims": 6,
    "text": 25,
    "form": 15,
    "case": 10,
    "official": 5,
    "hunt": 20,
    "office": 15,
}  # of each target 60, of those that take long fewer


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_the_corpus_as_it_is(name: str) -> None:
    run(TARGETS[name.split("-")[0]], name, (CORPUS / name).read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_inputs(name: str) -> None:
    target = TARGETS[name]
    known = target._replace(real=tuple(one for one in target.real if one.ours)).seeds()
    assert known
    others = [data for _, data in known]
    for number in range(INPUTS.get(name, 60)):
        random = Random(number)
        seed, data = random.choice(known)
        run(target, seed, mutated(data, others, random))


def test_what_is_wrong_is_named_and_made_small() -> None:
    data = b"before it raises, and after"
    kind = running._fault(FAULTY, "a-hint.txt", data)
    assert kind.startswith("ValueError: hint (faulty.py:")
    assert running._smaller(data, lambda tried: running._fault(FAULTY, "a-hint.txt", tried) == kind) == b"raises"
    assert running._fault(FAULTY, "a-hint.txt", b"holds") == ""
    with running._bounded(running.MOST):
        assert running._fault(FAULTY, "a-hint.txt", b"grows").startswith("MemoryError")


def test_an_input_that_ends_the_process_is_told_and_another_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "SMALLER", 0.0)
    report = fuzz(FAULTY, 0, 0, 60, tmp_path)
    kinds = sorted(fault.kind.partition(" (faulty.py")[0] for fault in report.faults)
    assert kinds == ["ended the process (SIGABRT)", "seed: ValueError: raises"]
    assert report.starts == 2
