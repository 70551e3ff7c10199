from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

from bench.hostile import TECHNIQUES
from evals.contexts import FILES, as_meant, sentences
from indicia.knowledge import load
from indicia.read.fronts import document_from_text, open_source
from indicia.read.reading import read_document
from indicia.read.techniques import find, find_techniques
from indicia.read.techniques.contexts import SectionContext, context_of, passages
from indicia.read.techniques.features import BUCKETS, Features
from indicia.read.techniques.pairs import candidates, chosen
from indicia.read.techniques.scorer import scorer
from indicia.records import Context, Document, Mention, MentionKind

CASES = Path(__file__).parent.parent.parent / "cases" / "read" / "techniques"


def cases(name: str) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = yaml.safe_load((CASES / name).read_text("utf-8"))
    return rows


def found(text: str) -> tuple[Mention, ...]:
    return find_techniques(document_from_text(text, name="t"), load())


def told(document: Document) -> list[str]:
    sections = SectionContext()
    out = []
    for passage in passages(document):
        text = document.text[passage.start : passage.end]
        out.append(context_of(text, sections.read(text, passage.kind))[0].value)
    return out


@pytest.mark.parametrize("case", cases("contexts.yml"), ids=lambda case: case["text"][:40])
def test_how_a_passage_speaks(case: dict[str, str]) -> None:
    assert told(document_from_text(case["text"], name="t")) == case["want"]


@pytest.mark.parametrize(("context", "text"), list(sentences(FILES[0])), ids=lambda value: value[:40])
def test_many_ways_to_deny_to_suppose_and_to_advise(context: str, text: str) -> None:
    assert as_meant(context, text)


@pytest.mark.parametrize("case", cases("literal_contexts.yml"), ids=lambda case: case["text"][:40])
def test_what_is_named_has_the_context_of_its_sentence(case: dict[str, str]) -> None:
    assert [f"{m.target} | {m.context}" for m in found(case["text"]) if m.method in {"id", "name"}] == case["want"]


@pytest.mark.parametrize("case", cases("prose.yml"), ids=lambda case: case["text"][:40])
def test_prose_of_our_own(case: dict[str, str]) -> None:
    mentions = found(case["text"])
    best = max(mentions, key=lambda m: m.score, default=None)
    assert ([best.target] if best else []) == case["want"]
    for one in mentions:
        assert (one.method, one.span.text) == ("prose", case["text"])
        assert 0 < one.score < 1


def techniques_of(path: Path) -> dict[str, Mention]:
    opened = open_source(str(path))
    assert not opened.problems
    (document,) = opened.documents
    reading = read_document(document, load(), given=opened.mentions)
    stated = [m for m in reading.mentions if m.kind is MentionKind.TECHNIQUE and m.context is Context.STATED]
    for one in stated:
        assert one.span.document == document.id
        assert document.text[one.span.start : one.span.end] == one.span.text != ""
    return {one.target or one.value: one for one in stated}


def test_layer_bundle_and_prose_of_one_advisory_agree() -> None:
    layer, bundle, prose = (techniques_of(CASES / "advisory" / name) for name in ("layer.json", "bundle.json", "advisory.md"))
    assert set(layer) == set(bundle) == set(prose)
    assert {one.method for one in prose.values()} == {"prose", "name"}
    assert "LSASS" in prose["T1003.001"].span.text
    assert "T1003.001" in layer["T1003.001"].span.text


def test_advice_and_denial_in_the_advisory_are_not_use() -> None:
    (document,) = open_source(str(CASES / "advisory" / "advisory.md")).documents
    for one in find_techniques(document, load()):
        if "Disable" in one.span.text:
            assert one.context is Context.RECOMMENDED
        if "did not use" in one.span.text:
            assert one.context is Context.NEGATED


def test_the_literal_one_wins_and_a_pair_is_one_mention() -> None:
    mentions = found("They dumped credentials from the memory of the LSASS process (T1003.001).")
    assert [(m.target, m.method) for m in mentions if m.target and m.target.startswith("T1003")] == [("T1003.001", "id")]
    text = "They dumped LSASS memory.\nThey took screenshots of the desktop.\n" * 3
    pairs = [(m.span.start, m.target) for m in found(text)]
    assert len(pairs) == len(set(pairs))


def test_the_same_text_gives_the_same_answer() -> None:
    text = (CASES / "advisory" / "advisory.md").read_text("utf-8")
    assert found(text) == found(text)


def test_nothing_in_nothing() -> None:
    assert found("") == found(" \n\n ") == found("12 34 !!") == ()


def test_an_old_weight_file_cannot_name_a_technique_that_is_no_more() -> None:
    model = scorer()
    attack = load().attack
    assert {id for id in model.classes if attack.technique(id) is None} == set()


def test_batches_do_not_change_margins() -> None:
    model = scorer()
    texts = [f"The loader number {i} decrypts its payload with RC4 and injects it into svchost.exe" for i in range(150)]
    together = model.margins(texts)
    apart = np.concatenate([model.margins([text]) for text in texts])
    assert np.allclose(together, apart, atol=1e-4)


def test_a_hostile_line_is_read_to_the_end() -> None:
    """That time stays in proportion is measured by `python -m bench.hostile`."""
    assert "T1505.003" in {one.value for one in found(TECHNIQUES["mixed"] + "\n\nThey left a web shell (T1505.003).\n")}


def test_a_line_of_many_ids_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def counted(text: str, advice: bool) -> tuple[Context, str, str]:
        asked.append(text)
        return context_of(text, advice)

    monkeypatch.setattr(find, "context_of", counted)
    found = find_techniques(document_from_text("We found no evidence of " + "T1113 " * 150, name="x"), load())
    assert len(found) == 150
    assert {m.context for m in found} == {Context.NEGATED}
    assert len(asked) == 1


def test_features_are_the_same_everywhere() -> None:
    """The hash must never depend on the process or the machine: the weights are tied to it."""
    own = Features().of("It runs cmd.exe")
    assert own.tolist() == sorted(set(own.tolist()))
    assert own.max() < BUCKETS
    assert own.tolist()[:3] == Features().of("It runs cmd.exe").tolist()[:3]
    assert set(Features().of("cmd")) <= set(own)


def test_shapes_make_reports_alike() -> None:
    one, other = Features().of("It connects to 192.0.2.7"), Features().of("It connects to 198.51.100.20")
    assert one.tolist() == other.tolist()
    assert Features().of("hxxps://c2[.]example/a").tolist() == Features().of("https://c2.example/b").tolist()


def test_a_sub_technique_stands_for_its_parent() -> None:
    margins = np.array([[0.5, 0.4, -0.2], [0.5, -0.9, 0.6]], dtype=np.float32)
    parents = np.array([-1, 0, -1])
    pairs = candidates(margins, [8, 8], parents)
    p = np.array([{0: 0.9, 1: 0.6, 2: 0.2}[int(t)] for t in pairs.technique], dtype=np.float32)
    said = chosen(pairs, p, np.full(3, 0.3, np.float32), parents, 0.5)
    assert [(int(s), int(t)) for s, t in zip(pairs.sentence[said], pairs.technique[said], strict=True)] == [(0, 1), (1, 1)]
    said = chosen(pairs, p, np.full(3, 0.3, np.float32), parents, 0.8)
    assert {int(t) for t in pairs.technique[said]} == {0}


@pytest.mark.parametrize("text", cases("ransomware.yml"), ids=lambda text: text[:40])
def test_short_paragraphs_on_ransomware(text: str) -> None:
    assert "T1486" in {one.value for one in found(text) if one.context is Context.STATED}


def test_a_name_of_a_thing_is_only_named_unless_the_text_bears_it_out() -> None:
    (panel,) = [one for one in found("The user opened the Control Panel to change the time.") if one.value == "T1218.002"]
    assert (panel.context, panel.reason) == (Context.REFERENCE, "the name of a thing as well")
    (remote,) = [one for one in found("They moved laterally over Remote Desktop Protocol.") if one.value == "T1021.001"]
    assert remote.context is Context.STATED
