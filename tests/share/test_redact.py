"""Nothing above an audience's marking is in the bytes; lowering takes a reason, and the export carries it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import msgspec
import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicia.errors import MarkingError
from indicia.knowledge import load
from indicia.pipeline import for_audience
from indicia.records import (
    About,
    Accused,
    AccusedType,
    Basis,
    Case,
    Claim,
    Deed,
    Ground,
    Judgement,
    Level,
    Party,
    Problem,
    Severity,
    Source,
    SourceType,
    Tie,
    TieKind,
    Tlp,
    stable_id,
    to_json,
)
from indicia.share import FORMATS, render
from indicia.share.internals import LOWERED, without_internals
from indicia.share.redact import as_marked, mark, marking_of, redact, without_own
from indicia.view.wording import left_out
from tests.sample_case import document, exchange_case, find
from tests.share.strategies import cases
from tests.share.test_stix_round_trip import SLOW


@SLOW
@given(cases(), st.sampled_from(Tlp))
def test_nothing_above_the_audience_is_left(case: Case, audience: Tlp) -> None:
    seen = redact(case, audience)
    assert marking_of(seen).rank <= audience.rank
    above = {document.id for document in case.documents if document.marking.rank > audience.rank}
    gone = {claim.id for claim in case.claims if claim.quote.document in above}
    written = to_json(seen) + render(seen, "stix", load()) + render(seen, "misp", load())
    assert not any(id.encode() in written for id in above | gone)
    assert (not above) or b"left out" in written
    kept = [claim for claim in case.claims if claim.quote.document not in above]
    assert [claim.id for claim in seen.claims] == [claim.id for claim in kept]


SECRET = (
    "The Bandicoot Bureau said with quagga certainty that the Okapi Legion, on loan to Zamunda, broke into the tapir exchange \
from 203.0.113.77 on 3 June 2019."
)
SECRET_WORDS = "bandicoot quagga okapi zamunda tapir 203.0.113 203[.]0[.]113 2019-06-03 numbat".split()


def with_a_secret() -> Case:
    """The sample affair, and beside it a text that only few may see: its own claim, actor and address, and its name."""
    case = exchange_case()
    secret = document(
        "numbat.txt", SECRET, title="The numbat file", published="2019-06-03", publisher="Numbat", marking=Tlp.RED
    )
    said = msgspec.structs.replace(
        case.claims[0],
        id=stable_id("claim", "secret"),
        quote=secret.span(0, len(SECRET)),
        source=Source(
            type=SourceType.GOVERNMENT,
            party=Party(span=find(secret, "The Bandicoot Bureau"), canonical="Bandicoot Bureau"),
        ),
        accused=Accused(
            type=AccusedType.GROUP,
            level=Level.GROUP,
            party=Party(span=find(secret, "the Okapi Legion"), canonical="Okapi Legion"),
        ),
        incidents=(About(name="tapir exchange hack"),),
        deed=Deed(cue=find(secret, "quagga certainty")),
        date="2019-06-03",
    )
    address = msgspec.structs.replace(
        next(one for one in case.mentions if one.type == "ipv4-addr"),
        id=stable_id("mention", "secret"),
        value="203.0.113.77",
        span=find(secret, "203.0.113.77"),
    )
    affair = msgspec.structs.replace(case.affairs[0], name="Tapir exchange hack")
    return msgspec.structs.replace(
        case,
        name="Okapi and others",
        documents=(*case.documents, secret),
        claims=(*case.claims, said),
        mentions=(*case.mentions, address),
        affairs=(affair,),
        problems=(*case.problems, Problem(where="numbat-2.txt", what="cannot be read")),
    )


def words_of(written: bytes, form: str) -> str:
    if form == "docx":
        with zipfile.ZipFile(io.BytesIO(written)) as file:
            return "".join(
                file.read(name).decode("utf-8", "replace") for name in file.namelist() if name.endswith(".xml")
            ).lower()
    if form != "pdf":
        return written.decode().lower()
    pages = pypdfium2.PdfDocument(written)
    return "\n".join(page.get_textpage().get_text_range() for page in pages).lower()


@pytest.mark.parametrize("form", sorted(FORMATS))
@pytest.mark.parametrize(
    "made", [redact, lambda case, audience: for_audience(case, audience, load())], ids=["kept", "concluded"]
)
def test_a_secret_is_in_no_format_and_what_is_none_is_still_there(form: str, made: Callable[[Case, Tlp], Case]) -> None:
    case = with_a_secret()
    for audience in (Tlp.GREEN, Tlp.AMBER_STRICT):
        seen = made(case, audience)
        assert {claim.id for claim in seen.claims} == {claim.id for claim in exchange_case().claims}
        written = words_of(render(seen, form, load()), form)
        assert [word for word in SECRET_WORDS if word in written] == []
        assert "exch01" not in written, "the hunt was drawn from the whole"
        if form in {"stix", "json", "md", "html", "pdf"}:
            assert "hafnium" in written and "dominic raab" in written
        if form in {"stix", "misp", "csv", "json"}:
            assert "198.51.100.23" in written
    # All of it is there for those who may see it, so the search above does find what there is.
    whole = words_of(render(case, form, load()), form)
    if form in {"stix", "json", "md", "html", "pdf"}:
        assert {"bandicoot", "okapi", "tapir"} <= {word for word in SECRET_WORDS if word in whole}
    if form in {"misp", "csv"}:
        assert "203.0.113.77" in whole


def test_what_is_left_of_a_redacted_case() -> None:
    case = with_a_secret()
    seen = redact(case, Tlp.AMBER)
    assert seen.name == "Extract for TLP:AMBER" and seen.versions == case.versions
    assert seen.documents == case.documents[:2] and seen.claims == case.claims[:-1] and seen.mentions == case.mentions[:-1]
    assert (seen.affairs, seen.hunt, seen.weighing, seen.advice, seen.judgements) == ((), None, None, None, ())
    assert seen.marking is Tlp.CLEAR, "that of the strictest document left"
    assert [(one.where, one.severity) for one in seen.problems] == [("this export", Severity.NOTE)]
    said = "Parts that may not be shown to an audience cleared for TLP:AMBER were left out."
    assert list(left_out(seen)) == [said]
    assert list(left_out(case)) == [], "no other problem is a sentence of what was left out"
    assert redact(case, Tlp.RED) is case


def test_a_text_at_the_very_marking_of_the_audience_stays() -> None:
    case = with_a_secret()
    first, *others = case.documents
    case = msgspec.structs.replace(case, documents=(msgspec.structs.replace(first, marking=Tlp.AMBER), *others))
    seen = redact(case, Tlp.AMBER)
    assert seen.documents == case.documents[:2] and seen.marking is Tlp.AMBER
    assert redact(case, Tlp.GREEN).documents == case.documents[1:2]


def touching(case: Case) -> dict[str, Claim]:
    """Claims of the open text, each with one span in the secret one."""
    secret = case.documents[-1]
    span = find(secret, "the Okapi Legion")
    base = case.claims[7]
    party = Party(span=span, canonical="Okapi Legion")
    return {
        "source": msgspec.structs.replace(base, source=msgspec.structs.replace(base.source, party=party)),
        "accused": msgspec.structs.replace(base, accused=msgspec.structs.replace(base.accused, party=party)),
        "via": msgspec.structs.replace(base, source=msgspec.structs.replace(base.source, via=(span,))),
        **{field: msgspec.structs.replace(base, **{field: span}) for field in ("act", "date_text", "quote")},
        "deed": msgspec.structs.replace(base, deed=Deed(cue=span)),
        "tie": msgspec.structs.replace(base, tie=Tie(kind=TieKind.LINKED, to="China", cue=span)),
        "tie's words": msgspec.structs.replace(base, tie=Tie(kind=TieKind.LINKED, to="China", words=span)),
        "grounds": msgspec.structs.replace(base, grounds=(Ground(basis=Basis.LEGAL, cue=span),)),
        "not accused": msgspec.structs.replace(base, not_accused=party),
        "victims": msgspec.structs.replace(base, victims=(span,)),
    }


@pytest.mark.parametrize("part", sorted(touching(with_a_secret())))
def test_a_claim_goes_when_any_of_its_words_stand_in_a_text_above(part: str) -> None:
    case = with_a_secret()
    claim = touching(case)[part]
    other = msgspec.structs.replace(case.claims[0], origin=None)
    case = msgspec.structs.replace(case, claims=(claim, other))
    assert redact(case, Tlp.AMBER).claims == (other,)


def test_a_copy_of_what_is_left_out_stays_a_copy_and_leads_nowhere() -> None:
    case = with_a_secret()
    first, second, third, fourth = (msgspec.structs.replace(one, origin=None) for one in case.claims[:4])
    secret = case.claims[-1]
    copies = [msgspec.structs.replace(one, origin=secret.id) for one in (second, third)]
    kept = msgspec.structs.replace(fourth, origin=first.id)
    seen = redact(msgspec.structs.replace(case, claims=(first, *copies, kept, secret)), Tlp.AMBER)
    assert [claim.origin for claim in (seen.claims[0], seen.claims[3])] == [None, first.id]
    assert [claim.origin for claim in seen.claims[1:3]] == [None, second.id], "of one another, and of nothing that is hidden"


def test_what_all_may_see_is_left_as_it_is() -> None:
    case = exchange_case()
    assert redact(case, marking_of(case)) is case


def test_ones_own_hunt_may_be_kept_closer_than_the_texts() -> None:
    case = exchange_case()
    closer = redact(case, Tlp.GREEN, sightings=Tlp.AMBER)
    assert closer.hunt is None and closer.name == case.name and closer.claims == case.claims
    assert list(left_out(closer))
    for audience in (Tlp.AMBER, Tlp.RED):
        assert redact(case, audience, sightings=Tlp.AMBER) is case
    texts = exchange_case(logs=False)
    assert redact(texts, Tlp.GREEN, sightings=Tlp.AMBER) is texts, "there is nothing to keep closer"


def test_raising_is_free_and_lowers_no_document() -> None:
    case = exchange_case()
    red, clear = (
        msgspec.structs.replace(one, marking=tlp) for one, tlp in zip(case.documents, (Tlp.RED, Tlp.CLEAR), strict=True)
    )
    whole = msgspec.structs.replace(case, documents=(red, clear), marking=Tlp.RED)
    for marking, wanted in ((Tlp.AMBER, [Tlp.AMBER, Tlp.AMBER]), (Tlp.GREEN, [Tlp.GREEN, Tlp.GREEN])):
        raised = mark(case, marking)
        assert (raised.marking, [document.marking for document in raised.documents]) == (marking, wanted)
        assert raised.judgements == case.judgements, "the same or stricter needs no reason"
        assert raised.hunt is not None and raised.hunt.marking is marking_of(raised) is Tlp.AMBER, "no reason lowers it"
    strictest = mark(case, Tlp.RED).hunt
    assert strictest is not None and strictest.marking is Tlp.RED
    assert [document.marking for document in mark(whole, Tlp.RED).documents] == [Tlp.RED, Tlp.RED]
    with pytest.raises(MarkingError):
        mark(msgspec.structs.replace(whole, marking=Tlp.CLEAR), Tlp.AMBER)


def test_lowering_takes_a_reason_and_keeps_it() -> None:
    case = mark(exchange_case(), Tlp.AMBER)
    for reason in (None, "", "  "):
        with pytest.raises(MarkingError, match="TLP:AMBER"):
            mark(case, Tlp.GREEN, reason=reason)
    lowered = mark(case, Tlp.GREEN, reason=" the author agreed ", author="jane", time="2026-11-24T00:00:00Z")
    assert marking_of(lowered) is lowered.marking is Tlp.GREEN
    (judgement,) = lowered.judgements
    assert (judgement.subject, judgement.action, judgement.author) == ("case", LOWERED, "jane")
    assert (judgement.time, judgement.note) == ("2026-11-24T00:00:00Z", "the author agreed")
    again = mark(case, Tlp.GREEN, reason="the author agreed", author="joan", time="2026-11-24T00:00:00Z")
    assert again.judgements[0].id != judgement.id
    written = render(lowered, "stix", load())
    assert b"TLP:AMBER lowered to TLP:GREEN: the author agreed" in written
    assert b"jane" not in written


def test_only_a_reason_lowers_our_own_sightings_below_what_they_are_marked() -> None:
    case = exchange_case()
    assert (case.marking, marking_of(case)) == (Tlp.GREEN, Tlp.AMBER)
    lowered = mark(case, Tlp.GREEN, reason="the hosts are public")
    assert lowered.hunt is not None and lowered.hunt.marking is marking_of(lowered) is Tlp.GREEN
    (judgement,) = lowered.judgements
    assert (judgement.action, judgement.value) == (LOWERED, "TLP:AMBER lowered to TLP:GREEN:")


def test_lowering_leaves_what_is_lower_already() -> None:
    case = exchange_case()
    red, clear = (
        msgspec.structs.replace(one, marking=tlp) for one, tlp in zip(case.documents, (Tlp.RED, Tlp.CLEAR), strict=True)
    )
    earlier = Judgement(id="j-0", subject="case", action="note", author="a", time="2026-01-01T00:00:00Z", note="n")
    case = msgspec.structs.replace(case, documents=(red, clear), marking=Tlp.AMBER, judgements=(earlier,))
    lowered = mark(case, Tlp.GREEN, reason="agreed")
    assert [document.marking for document in lowered.documents] == [Tlp.GREEN, Tlp.CLEAR]
    assert [one.id for one in lowered.judgements][0] == "j-0" and len(lowered.judgements) == 2
    said = lowered.judgements[1]
    assert (said.value, said.author, said.time) == ("TLP:RED lowered to TLP:GREEN:", "", "")


def test_every_format_is_made_of_a_redacted_case() -> None:
    case = redact(mark(exchange_case(), Tlp.RED), Tlp.CLEAR)
    assert render(case, "timesketch", load()) == b""
    for form in set(FORMATS) - {"pdf", "timesketch"}:
        assert render(case, form, load())


def test_hosts_of_logs_leave_no_more_than_those_of_sightings() -> None:
    case = exchange_case()
    assert case.hunt is not None and case.hunt.files
    files = tuple(msgspec.structs.replace(file, host="OWNHOST7") for file in case.hunt.files)
    case = msgspec.structs.replace(
        case, hunt=msgspec.structs.replace(case.hunt, files=files, reason="On OWNHOST7 a shell ran.")
    )
    assert b"OWNHOST7" in to_json(case)
    assert b"OWNHOST7" not in to_json(without_internals(case))


def test_without_our_own_only_what_is_wrong_with_the_texts_is_still_told() -> None:
    ours, theirs = Problem(where="a.log", what="is cut"), Problem(where="a.pdf", what="has no text")
    case = exchange_case()
    assert case.hunt is not None
    case = msgspec.structs.replace(
        case, problems=(ours, theirs), hunt=msgspec.structs.replace(case.hunt, problems=(ours,)), judgements=()
    )
    left = without_own(case, told=False)
    assert (left.problems, left.hunt, left.weighing, left.advice) == ((theirs,), None, None, None)
    assert len(without_own(case).problems) == 2 and without_own(case).problems[0] == theirs


def test_a_text_without_a_marking_leaves_under_the_one_that_it_counts_as() -> None:
    bare = msgspec.structs.replace(exchange_case().documents[0], marking=None)
    case = msgspec.structs.replace(
        exchange_case(), documents=(bare,), claims=(), mentions=(), hunt=None, marking=None, unmarked=Tlp.GREEN
    )
    left = as_marked(case)
    assert (left.marking, [one.marking for one in left.documents]) == (Tlp.GREEN, [Tlp.GREEN])


@pytest.mark.parametrize(("marking", "told"), [(None, True), (Tlp.AMBER, False)])
def test_whoever_may_not_lower_is_told_what_would_help(marking: Tlp | None, told: bool) -> None:
    one = msgspec.structs.replace(exchange_case().documents[0], marking=marking)
    case = msgspec.structs.replace(
        exchange_case(), documents=(one,), claims=(), mentions=(), hunt=None, marking=None, unmarked=Tlp.AMBER
    )
    with pytest.raises(MarkingError) as error:
        mark(case, Tlp.CLEAR)
    assert ("--unmarked" in str(error.value)) == told and "--allow-lower" in str(error.value)
