"""What an audience may not see leaves no trace: the same bytes as of a case that never held it, in every format.

One line says that something was left out, and can be switched off.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from functools import cache

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicia.knowledge import load
from indicia.pipeline import for_audience
from indicia.pipeline.concluding import drawn_anew
from indicia.records import Affair, Case, Claim, Document, Judgement, Problem, Tlp, from_json, stable_id
from indicia.share import FORMATS, render
from indicia.share.internals import without_internals
from tests.sample_case import exchange_case
from tests.share.secrets import RULE, cases_with_secrets
from tests.share.strategies import cases
from tests.share.test_redact import SECRET_WORDS, with_a_secret, words_of
from tests.share.test_stix_round_trip import SLOW

QUICK = [form for form in FORMATS if form not in {"html", "pdf", "docx"}]


def never_held(case: Case, audience: Tlp) -> Case:
    """The extract for an audience of a case that holds what it may see and never held anything else."""
    documents = tuple(one for one in case.documents if case.counts_as(one).rank <= audience.rank)
    ids = {one.id for one in documents}
    claims = (one for one in case.claims if all(span.document in ids for span in one.spans()))
    bare = Case(
        name=f"Extract for {audience.label}",
        versions=case.versions,
        documents=documents,
        claims=tuple(msgspec.structs.replace(one, origin=None) for one in claims),
        mentions=tuple(one for one in case.mentions if one.span.document in ids),
        marking=Tlp.joined(one.marking for one in documents),
        unmarked=case.unmarked,
    )
    bare = msgspec.structs.replace(bare, judgements=tuple(_said_of(bare, case, audience)))
    return for_audience(drawn_anew(bare, case, load()), None, load())


def _said_of(left: Case, case: Case, audience: Tlp) -> Iterator[Judgement]:
    """What people who may be heard decided about what is left of the case."""
    ids, known = {one.id for one in left.documents}, {one.id for one in (*left.claims, *left.mentions)}
    for one in case.judgements:
        if one.action == "add" and '"quote"' in one.value:
            added = from_json(one.value, Claim)
            known |= {added.id} if all(span.document in ids for span in added.spans()) else set()
    for one in case.judgements:
        marking = case.unmarked if one.marking is None else one.marking
        if isinstance(marking, Tlp) and marking.rank <= audience.rank and one.subject in known:
            yield one


def beset() -> Case:
    """A case with all that could give its secret away: a problem, a judgement, a rule that fits it alone, copies of it."""
    case = with_a_secret()
    *others, secret = case.claims
    copies = (msgspec.structs.replace(one, origin=secret.id) if number % 2 else one for number, one in enumerate(others))
    note = Judgement(id="j-1", subject=secret.id, action="note", author="numbat", time="2026-01-01T00:00:00Z", note="quagga")
    technique = msgspec.structs.replace(case.mentions[-1], id=stable_id("mention", "x"), value="T1557.003")
    return msgspec.structs.replace(
        case,
        claims=(*copies, secret),
        problems=(*case.problems, Problem(where="numbat.txt", what="the tapir file was cut")),
        judgements=(note,),
        affairs=(*case.affairs, Affair(incident_id=None, name="okapi")),
        rules=(RULE,),
        mentions=(*case.mentions, technique),
    )


@cache
def extracts() -> tuple[Case, Case, Case]:
    """What an audience may see of a case with a secret: without a word on it, with one; and of a case that never held it."""
    case = beset()
    silent, told = (for_audience(case, Tlp.GREEN, load(), told=told) for told in (False, True))
    return without_internals(silent), without_internals(told), without_internals(never_held(case, Tlp.GREEN))


@pytest.mark.parametrize("form", FORMATS)
def test_an_extract_has_the_bytes_of_a_case_that_never_held_the_secret(form: str) -> None:
    silent, _, never = extracts()
    assert silent == never
    written = render(silent, form, load())
    assert written == render(never, form, load())
    assert [word for word in SECRET_WORDS if word in words_of(written, form)] == []


@pytest.mark.parametrize("form", ["md", "html"])
def test_one_line_says_that_something_was_left_out(form: str) -> None:
    silent, told = (re.split(r"\n|(?<=>)(?=<)", render(one, form, load()).decode()) for one in extracts()[:2])
    changed = [line for line in difflib.ndiff(silent, told) if line[0] in "+-"]
    assert len(changed) == 1 and changed[0].startswith("+") and "were left out" in changed[0], changed


@settings(SLOW, max_examples=12)
@given(cases(), st.sampled_from([Tlp.CLEAR, Tlp.AMBER]))
def test_no_secret_of_any_shape_changes_what_the_others_see(case: Case, audience: Tlp) -> None:
    text = "The secret of the tapir."
    secret = Document(id="document--secret", name="secret.txt", text=text, sha256="1" * 64, marking=Tlp.RED)
    span = secret.span(0, 10)
    whole = msgspec.structs.replace(
        case,
        documents=(secret, *case.documents),
        claims=(*(msgspec.structs.replace(one, id=f"x{one.id}", quote=span) for one in case.claims), *case.claims),
        mentions=(*(msgspec.structs.replace(one, id=f"x{one.id}", span=span) for one in case.mentions), *case.mentions),
        marking=Tlp.RED,
        name="secret",
    )
    seen, expected = for_audience(whole, audience, load(), told=False), never_held(case, audience)
    for form in QUICK:
        assert render(seen, form, load()) == render(expected, form, load()), form


@cache
def public_and_plain() -> tuple[Case, Case]:
    """The public version of a case with logs, and the case of its texts alone."""
    case = exchange_case()
    assert case.hunt is not None
    texts = msgspec.structs.replace(case, hunt=None, weighing=None, advice=None, judgements=(), problems=(), rules=())
    case = msgspec.structs.replace(case, problems=case.hunt.problems, rules=(RULE,))
    return for_audience(case, None, load(), public=True, told=False), without_internals(drawn_anew(texts, texts, load()))


@pytest.mark.parametrize("form", QUICK)
def test_the_public_version_has_the_bytes_of_a_case_without_logs(form: str) -> None:
    public, plain = public_and_plain()
    assert render(public, form, load()) == render(plain, form, load())


@settings(SLOW, max_examples=6)
@given(cases_with_secrets(), st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT]))
def test_no_secret_that_the_rest_hangs_on_changes_what_is_left(case: Case, audience: Tlp) -> None:
    seen, expected = for_audience(case, audience, load(), told=False), never_held(case, audience)
    assert seen == expected
    for form in (*QUICK, "html"):
        assert render(seen, form, load()) == render(expected, form, load()), form
