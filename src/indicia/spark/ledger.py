"""One ledger over the texts that were read on Spark: each claim led back to its first utterance, and all affairs.

What decides is what decides on one machine (`indicia.affairs`); here is only what is brought together for it: texts that may be
copies, claims of one voice, claims of one text, groups that share a word and a state, claims of one affair.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np
from msgspec.structs import replace

from indicia.affairs import incidents, joining, origins
from indicia.affairs.content import in_turn
from indicia.affairs.origins import COPY, MOST_ALIKE, copies_of
from indicia.errors import InputError
from indicia.knowledge import load
from indicia.records import Affair, Claim, Document, Tlp, shown_marking, to_json
from indicia.spark.reading import ledger_rows
from indicia.spark.session import clear_errors
from indicia.spark.tables import TOLD, exists, files_in

if TYPE_CHECKING:
    from pyspark import RDD
    from pyspark.sql import SparkSession

# Copies among many texts: MinHash finds pairs that may be alike, and the same comparison as on one machine decides.
#
# References: A. Broder, "On the resemblance and containment of documents" (1997); M. Thorup, "High Speed Hashing for Integers
# and Strings" (2015), section 3.3; R. Kiveris et al., "Connected Components in MapReduce and Beyond" (2014).
# Of two texts that share a tenth of all their sequences one in a thousand is missed (0.9 ** 64), of real reprints none.
_HASHES = 64
_drawn = random.Random(1)  # draws the same on every worker
_FACTORS, _SHIFTS = (np.array([[_drawn.getrandbits(64)] for _ in range(_HASHES)], np.uint64) for _ in "ab")

_Pair = tuple[int, int]  # two texts by their numbers in the order of all
_Group = tuple[int, Iterable[int]]  # a text and those that are beside it, which may come more than once


def copies_among(texts: RDD[tuple[int, frozenset[int]]], pieces: int) -> RDD[_Pair]:
    """Copy -> the earliest text that is nearly the same, from the numbers of texts in their order and their six-word sequences.

    What stands in more than MOST_ALIKE texts is looked for in the earliest of them alone, as on one machine. Texts that are
    alike directly or through others come together on one of `pieces` workers.
    """
    from pyspark import StorageLevel

    # Texts of the same sequences are alike, and alike to the same others: the first of them stands for all.
    same = texts.map(_by_content).groupByKey(pieces).mapValues(sorted).persist(StorageLevel.DISK_ONLY)
    firsts = same.map(lambda row: (row[1][0], row[0]))
    pairs = firsts.flatMap(_hashed).groupByKey(pieces).values().flatMap(_pairs).distinct(pieces)
    with_one = pairs.join(firsts, pieces).map(lambda row: (row[1][0], (row[0], row[1][1])))
    alike = with_one.join(firsts, pieces).flatMap(_if_alike)
    first_of = _connected(same.flatMap(_to_first).union(alike), pieces)
    content = same.flatMap(lambda row: ((number, row[0]) for number in row[1]))
    near = first_of.join(content, pieces).map(lambda row: (row[1][0], (row[0], row[1][1]))).groupByKey(pieces)
    return near.flatMap(_copies)


def _by_content(text: tuple[int, frozenset[int]]) -> tuple[bytes, int]:
    return np.array(sorted(text[1]), np.uint32).tobytes(), text[0]


def _shingles(content: bytes) -> np.ndarray:
    return np.frombuffer(content, np.uint32)


def _to_first(same: tuple[bytes, list[int]]) -> Iterator[_Pair]:
    yield from ((number, same[1][0]) for number in same[1][1:])


def _hashed(text: tuple[int, bytes]) -> Iterator[_Pair]:
    """The buckets of a text, one for each hash, with its number."""
    number, content = text
    least = ((_FACTORS * _shingles(content).astype(np.uint64) + _SHIFTS) >> np.uint64(32)).min(axis=1)
    yield from ((table << 32 | value, number) for table, value in enumerate(least.tolist()))


def _pairs(bucket: Iterable[int]) -> Iterator[_Pair]:
    """Each text of a bucket beside the earliest."""
    numbers = sorted(bucket)
    for place, one in enumerate(numbers[:MOST_ALIKE], start=1):
        yield from ((one, other) for other in numbers[place:])


def _if_alike(row: tuple[int, tuple[tuple[int, bytes], bytes]]) -> Iterator[_Pair]:
    other, ((one, its), content) = row
    shared = len(np.intersect1d(_shingles(its), _shingles(content), assume_unique=True))
    if shared >= COPY * min(len(_shingles(its)), len(_shingles(content))):
        yield other, one


def _copies(group: tuple[int, Iterable[tuple[int, bytes]]]) -> Iterator[_Pair]:
    texts = ((number, frozenset(_shingles(content).tolist())) for number, content in sorted(group[1]))
    yield from ((text, first) for text, first in copies_of(texts).items() if text != first)


def _connected(edges: RDD[_Pair], pieces: int) -> RDD[_Pair]:
    """Each text that is alike another, with the first of all that it is alike to directly or through others.

    The number of rounds grows with the logarithm of the longest way through others, not with the way.
    """
    from pyspark import StorageLevel

    while True:
        beside = edges.flatMap(lambda edge: (edge, edge[::-1])).groupByKey(pieces).persist(StorageLevel.DISK_ONLY)
        if beside.filter(lambda group: not is_star(group)).isEmpty():
            return beside.map(lambda group: (group[0], min(group[0], *group[1])))
        edges = beside.flatMap(large_star).groupByKey(pieces).flatMap(small_star)


def is_star(group: _Group) -> bool:
    """Whether a text is the first of all beside it, or has only the first beside it: where each is, all are led to a first."""
    text, beside = group[0], set(group[1])
    return text < min(beside) or (len(beside) == 1 and text > min(beside))


def large_star(group: _Group) -> Iterator[_Pair]:
    """Those later than a text are put beside the earliest of all that are beside it."""
    text, beside = group[0], set(group[1])
    first = min(text, *beside)
    yield from ((other, first) for other in beside if other > text)


def small_star(group: _Group) -> Iterator[_Pair]:
    """A text and those beside it, which are all earlier, are put beside the earliest of them."""
    text, beside = group[0], set(group[1])
    first = min(beside)
    yield text, first
    yield from ((other, first) for other in beside if other != first)


_IN_FRONT = 300  # characters of a text that its heading may stand in


class Text(msgspec.Struct, frozen=True):
    """A text and its claims, as `read` has written them."""

    document: Document
    claims: tuple[Claim, ...]


class NumberedText(NamedTuple):
    """A text with its number in the order of all, and the id of the text that it is a copy of (its own where it is none)."""

    number: int
    text: Text
    place: str


class Led(NamedTuple):
    """The first utterance behind a claim, and the text that holds it."""

    claim: str
    document: str


class Member(NamedTuple):
    """A claim on its way into its affair: the number of its text, which of the text's claims it is, the front of the text."""

    number: int
    nth: int
    document: Document
    claim: Claim


class Joined(NamedTuple):
    """An affair with what it stands in order by, and its claims with their texts."""

    order: tuple[Any, ...]
    affair: Affair
    claims: tuple[tuple[Claim, Document], ...]


def join_ledger(session: SparkSession, read: str, out: str) -> None:
    """The ledger of a folder that `read_texts` wrote, as a folder of Parquet, which is made.

    Its rows are `kind`, `number`, `id`, `marking` and `row` (JSON): affairs in their order (docs/records.md), and of each claim
    (`id`) its text and first utterance, with the number of its affair. What was stopped is begun again. Raises: InputError
    where `out` is there already, or `read` was not read to the end.
    """
    left = files_in(session, out) if exists(session, out) else []  # a run that was given up leaves an empty folder
    if left and "_temporary" not in left:
        raise InputError("is there already", where=out, hint="name another folder")
    with clear_errors():
        texts = ledger_rows(session, read).map(decode_text)
        rows = affairs_of(session, texts).zipWithIndex().flatMap(_rows)
        session.createDataFrame(rows, TOLD).write.partitionBy("kind").mode("overwrite").parquet(out)


def decode_text(row: str) -> Text:
    """A text again from its JSON."""
    return msgspec.json.decode(row, type=Text)


def turn_of(text: Text) -> tuple[str, ...]:
    """The order of texts: by date and words; of the same texts by name, since rows of a table come in any order."""
    return *in_turn(text.document), text.document.name


def affairs_of(session: SparkSession, texts: RDD[Text]) -> RDD[Joined]:
    """All affairs in their order, with their claims led back. What is left on the driver: names of those who were hit."""
    from pyspark import StorageLevel

    pieces = max(int(session.sparkContext.defaultParallelism), texts.getNumPartitions())
    session.conf.set("spark.sql.shuffle.partitions", str(pieces))
    one_each = texts.keyBy(lambda text: text.document.id).reduceByKey(_first, pieces).values().persist(StorageLevel.DISK_ONLY)
    numbered = one_each.sortBy(turn_of).zipWithIndex().map(_swapped).persist(StorageLevel.DISK_ONLY)
    ids = numbered.mapValues(lambda text: text.document.id)
    copies = copies_among(numbered.mapValues(lambda text: origins.shingles(text.document.text)), pieces)
    copied = copies.map(_swapped).join(ids, pieces).values()
    placed = numbered.leftOuterJoin(copied, pieces).map(_placed).persist(StorageLevel.DISK_ONLY)
    led = _led_back(placed, pieces).persist(StorageLevel.DISK_ONLY)

    told = placed.flatMap(lambda each: incidents.names_told(each.text.claims, load()).values()).distinct(pieces)
    parts = session.sparkContext.broadcast(incidents.parts_of(told.collect()))
    wanted = frozenset(placed.flatMap(_incidents).distinct(pieces).collect())
    grouped = placed.flatMap(lambda each: _grouped(each, parts.value, wanted)).persist(StorageLevel.DISK_ONLY)
    merged = grouped.leftOuterJoin(_told_alike(grouped, pieces), pieces).map(_in_group)
    joined = merged.join(led, pieces).values().map(_with_led).groupByKey(pieces).map(_joined).persist(StorageLevel.DISK_ONLY)
    return joined.sortBy(_by_order)


def _first(one: Text, other: Text) -> Text:
    return min(one, other, key=lambda text: (in_turn(text.document), to_json(text.document)))


def _swapped(pair: tuple[Any, Any]) -> tuple[Any, Any]:
    return pair[1], pair[0]


def _placed(row: tuple[int, tuple[Text, str | None]]) -> NumberedText:
    number, (text, copied) = row
    return NumberedText(number, text, copied or text.document.id)


def _incidents(each: NumberedText) -> Iterator[str]:
    return (claim.incident_id for claim in each.text.claims if claim.incident_id)


_Order = tuple[Any, ...]


def _led_back(placed: RDD[NumberedText], pieces: int) -> RDD[tuple[str, Led]]:
    """Claim -> what it leads back to."""
    said = placed.flatMap(_said)
    voices = said.filter(lambda each: each[1].claim.source.party is not None).keyBy(lambda each: origins.voice_key(each[1]))
    sourced = voices.groupByKey(pieces).values().flatMap(_of_one_voice)
    named = said.keyBy(lambda each: each[1].claim.id).leftOuterJoin(sourced, pieces).values()
    return named.keyBy(lambda row: origins.place_key(row[0][1])).groupByKey(pieces).values().flatMap(_of_one_place)


def _said(each: NumberedText) -> Iterator[tuple[_Order, origins.SaidClaim]]:
    document = each.text.document
    for index, claim in enumerate(each.text.claims):
        said = origins.said_in(claim, document, {document.id: each.place})
        yield (said.order, each.number, index), said


def _of_one_voice(group: Iterable[tuple[_Order, origins.SaidClaim]]) -> Iterator[tuple[str, Led]]:
    said = [each for _, each in sorted(group, key=_by_order)]
    held = {each.claim.id: each.claim.quote.document for each in said}
    for claim, first in origins.first_utterances(said).items():
        yield claim, Led(first, held[first])


def _of_one_place(group: Iterable[tuple[tuple[_Order, origins.SaidClaim], Led | None]]) -> Iterator[tuple[str, Led]]:
    rows = sorted(group, key=lambda row: _by_order(row[0]))
    said = [each for (_, each), _ in rows]
    led = {each.claim.id: first for (_, each), first in rows if first is not None}
    held = {each.claim.id: each.claim.quote.document for each in said} | {first.claim: first.document for first in led.values()}
    yield from led.items()
    for claim, head in origins.narrated(said, {name: first.claim for name, first in led.items()}).items():
        yield claim, Led(head, held[head])


def _by_order(row: tuple[_Order, Any] | Joined) -> _Order:
    return row[0]


def _grouped(each: NumberedText, parts: dict[str, str], wanted: frozenset[str]) -> Iterator[tuple[str, Member]]:
    """The claims of a text by the group that the text itself puts them in."""
    document = each.text.document
    front = replace(document, text=document.text.lstrip()[:_IN_FRONT], blocks=())
    key = incidents.keyed(each.text.claims, document, parts, wanted, load())
    for index, claim in enumerate(each.text.claims):
        yield key[claim.id], Member(each.number, index, front, claim)


_Telling = tuple[frozenset[str], frozenset[tuple[str, int | None]]]


def _told_alike(grouped: RDD[tuple[str, Member]], pieces: int) -> RDD[tuple[str, str]]:
    """Groups without a name -> the only group with a name that they are about."""
    telling = grouped.filter(lambda row: incidents.can_be_alike(row[0])).map(_telling).reduceByKey(_both, pieces)
    traits = telling.flatMap(lambda row: incidents.traits_of(row[0], *row[1]))
    found = traits.groupByKey(pieces).values().flatMap(_near_ones).distinct(pieces).groupByKey(pieces)
    return found.flatMap(_only_one)


def _only_one(row: tuple[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    other = incidents.only_one(set(row[1]))
    if other is not None:
        yield row[0], other


def _telling(row: tuple[str, Member]) -> tuple[str, _Telling]:
    group, member = row
    accused = incidents.accused_on(member.claim, member.document.published)
    return group, (incidents.words_of(group, member.claim), accused)


def _both(one: _Telling, other: _Telling) -> _Telling:
    return one[0] | other[0], one[1] | other[1]


def _near_ones(spells: Iterable[tuple[incidents.Spell, ...]]) -> Iterator[tuple[str, str]]:
    asked: list[incidents.Spell] = []
    named: list[incidents.Spell] = []
    for some in spells:
        (asked if incidents.is_nameless(some[0].group) else named).extend(some)
    return incidents.near_ones(asked, named)


def _in_group(row: tuple[str, tuple[Member, str | None]]) -> tuple[str, tuple[str, Member]]:
    group, (member, other) = row
    return member.claim.id, (other or group, member)


def _with_led(row: tuple[tuple[str, Member], Led]) -> tuple[str, tuple[Member, Led]]:
    (group, member), led = row
    return group, (member._replace(claim=origins.with_origin(member.claim, led.claim)), led)


def _joined(row: tuple[str, Iterable[tuple[Member, Led]]]) -> Joined:
    group, rows = row
    members = sorted(rows, key=lambda each: (each[0].number, each[0].nth))
    documents = {member.document.id: member.document for member, _ in members}
    place = {member.document.id: member.number for member, _ in members}
    claims = sorted((member.claim for member, _ in members), key=lambda claim: joining.claim_order(claim, documents, place))
    held = {led.claim: led.document for _, led in members}
    affair = joining.affair_of(incidents.together(group, claims, documents, load()), documents, held, load())
    order = (-len(claims), joining.claim_order(claims[0], documents, place))
    return Joined(order, affair, tuple((claim, documents[claim.quote.document]) for claim in claims))


def _rows(row: tuple[Joined, int]) -> Iterator[tuple[str, int, str, str, str]]:
    joined, number = row
    marking = shown_marking(Tlp.joined(document.marking for _, document in joined.claims))
    yield "affairs", number, joined.affair.incident_id or "", marking, to_json(joined.affair).decode()
    for claim, document in joined.claims:
        said = {"text": document.name, "origin": claim.origin}
        yield "claims", number, claim.id, shown_marking(document.marking), msgspec.json.encode(said).decode()
