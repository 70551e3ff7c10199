"""A short run of the fuzzer; `make fuzz` runs for ten minutes. What it finds is mended and kept in `corpus`."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import CORPUS, TARGETS, mutated, run, seeds


@pytest.mark.parametrize("name", sorted(path.name for path in CORPUS.iterdir()))
def test_the_corpus_as_it_is(name: str) -> None:
    run(name.split("-")[0], name, (CORPUS / name).read_bytes())


@pytest.mark.parametrize("target", TARGETS)
def test_mutated_inputs(target: str) -> None:
    known = seeds(target)
    others = [data for _, data in known]

    # A form may start the building of a case, which takes a second.
    @settings(max_examples=15 if target == "form" else 40, deadline=None, derandomize=True)
    @given(st.sampled_from(known), st.integers(0, 2**32))
    def check(seed: tuple[str, bytes], number: int) -> None:
        run(target, seed[0], mutated(seed[1], others, Random(number)))

    check()
