"""The full-text index of a case: FTS5 in SQLite, tsvector in PostgreSQL, a row for each version of a record, none changed.

A query is words that must all be there, each as it stands: `198.51.100.7` and `"Ministry of State Security"` are phrases, and
the last word, if it has three letters, may be the beginning of one. Nothing else has a meaning, so no query can break or reach
anything.

References: sqlite.org/fts5.html (contentless tables), PostgreSQL's manual on tsvector (its limits).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import chain

from sqlalchemy import Connection, text

from indicia.case.rows import batches, copy_rows
from indicia.records import Claim, Document, Judgement, Mention, Record, Sighting

INDEXED = ("document", "claim", "mention", "judgement")  # kinds of entries, beside sightings
TABLES = {"entry": "entry_words", "sighting": "sighting_words"}
_WORD = re.compile(r"[^\W_]+")
_QUOTED = re.compile(r'"([^"]*)"?|(\S+)')
_BEGINNING = 3  # letters of a last word from which on it may be the beginning of one
_MOST_PHRASES = 32  # of one query; what stands after is not looked for
_LONGEST = 100  # letters of a word in PostgreSQL, which takes 2046 bytes of a lexeme
_PLACES = 250  # of one word that PostgreSQL keeps
_LAST_PLACE = 16_383  # the highest that PostgreSQL tells apart
_SHORT = 4_000  # letters, which cannot come near these bounds
_ROOM = 900_000  # bytes of the lexemes of one record, of the 1 MB that PostgreSQL takes
_PLACE = tuple(place.to_bytes(2, "big") for place in range(_LAST_PLACE + 1))
_COUNT = tuple(b"\0" + count for count in _PLACE[: _PLACES + 1])  # what stands between a word and its places
_FIRST = tuple(_COUNT[1] + place for place in _PLACE)
_APART = bytes(code if code < 128 and chr(code).isalnum() else ord(" ") for code in range(256))
_HASH = 64 << 20  # bytes that FTS5 gathers before it writes: half the time of its own 1 MB for a million sightings


def words_of(record: Record) -> str:
    """Everything in a record that people search for, as one text, each value on a line of its own."""
    parts: Iterable[str | None]
    match record:
        case Sighting():
            fields = record.event.fields
            parts = [
                record.title,
                record.rule,
                record.event.host,
                record.indicator,
                *record.techniques,
                *record.software,
                *record.vulnerabilities,
                *dict.fromkeys(fields.values()),
            ]
            for name, value in record.matched:
                if fields.get(name) != value:
                    parts.append(value)
            parts += (record.event.place.file, record.note)
        case Document():
            parts = (record.title, record.name, record.publisher, record.text)
        case Claim():
            parties = (record.source.party, record.accused.party)
            parts = (
                record.quote.text,
                *(party.canonical for party in parties if party),
                record.incident,
                record.accused.category,
                record.stance.value,
                *(span.text for span in (*record.source.via, *record.victims)),
            )
        case Mention():
            parts = (record.value, record.span.text, record.target, record.type, *(one.name for one in record.candidates))
        case Judgement():
            parts = (record.note, record.value, record.author, record.action)
        case _:
            parts = ()
    return "\n".join(filter(None, parts))


def phrases(query: str) -> tuple[str, ...]:
    """The phrases of a query, in order; none when it holds no letter and no digit.

    >>> phrases('CVE-2021-26855 "State Security" -- ;')
    ('CVE-2021-26855', 'State Security')
    """
    found = (quoted or plain for quoted, plain in _QUOTED.findall(query.replace("\x00", " ")[:2000]))
    return tuple(part for part in found if _WORD.search(part))[:_MOST_PHRASES]


def _folded(value: str) -> str:
    """Without accents and capitals, as FTS5's own tokenizer sees it."""
    if value.isascii():
        return value.lower()
    plain = unicodedata.normalize("NFKD", value)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()


def _line(value: str) -> list[str]:
    """The words of a text, in order."""
    return [word[:_LONGEST] for word in _WORD.findall(_folded(value))]


def _lexemes(text: str) -> list[bytes]:
    """The same as bytes. Nearly all records are ASCII, in which this is the quick way."""
    if not text.isascii():
        return [word.encode() for word in _line(text)]
    words = text.lower().encode().translate(_APART).split()
    return [word[:_LONGEST] for word in words] if max(map(len, words), default=0) > _LONGEST else words


def _vector(words: str) -> bytes:
    """The words as a tsvector in PostgreSQL's binary form. Made here, so that every server breaks words as FTS5 does, in any
    locale, and need not read them from text."""
    found: dict[bytes, bytes] = {}  # word -> NUL, how many places, each place
    if len(words) <= _SHORT:
        for place, word in enumerate(_lexemes(words), 1):
            held = found.get(word)
            found[word] = _FIRST[place] if held is None else _once_more(held, place)
    else:
        _fill_vector(found, _lexemes(words))
    return len(found).to_bytes(4, "big") + b"".join(chain.from_iterable(found.items()))


def _once_more(held: bytes, place: int) -> bytes:
    """What stands beside a word that is at one more place."""
    count = len(held) // 2
    return held if count > _PLACES else _COUNT[count] + held[3:] + _PLACE[place]


def _fill_vector(found: dict[bytes, bytes], words: Iterable[bytes]) -> None:
    """What a long text puts in its vector: as much as PostgreSQL takes."""
    room = _ROOM
    for place, word in enumerate(words, 1):
        held = found.get(word)
        if held is None:
            room -= len(word) + 8
            if room < 0:
                continue  # a hundred thousand different words: no text, but a dump
            held = found[word] = _COUNT[0]
        if len(held) // 2 <= _PLACES and room > 0 and place <= _LAST_PLACE:
            room -= 2
            found[word] = _once_more(held, place)


def create_words(connection: Connection) -> None:
    """Makes the empty index."""
    for table, words in TABLES.items():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(
                f"CREATE TABLE {words} (seq INTEGER PRIMARY KEY REFERENCES {table} (seq), words TSVECTOR NOT NULL)"
            )
            connection.exec_driver_sql(f"CREATE INDEX {words}_find ON {words} USING GIN (words)")
        else:
            tokenizer = "unicode61 remove_diacritics 2"
            options = f"content='', columnsize=0, tokenize='{tokenizer}'"  # nothing asks how long a record is
            connection.exec_driver_sql(f"CREATE VIRTUAL TABLE {words} USING fts5(words, {options})")
            connection.exec_driver_sql(f"INSERT INTO {words}({words}, rank) VALUES ('hashsize', {_HASH})")


def fill_words(connection: Connection, table: str, rows: Iterable[tuple[int, Record]]) -> None:
    """Indexes what is there already, a part at a time."""
    for some in batches(rows, 1000):
        add_words(connection, table, [(seq, words_of(record)) for seq, record in some])


def add_words(connection: Connection, table: str, rows: Sequence[tuple[int, str]]) -> None:
    """Indexes the words of rows of `table` by their number."""
    if not rows:
        return
    words = TABLES[table]
    if connection.dialect.name == "postgresql":
        # bytea has no form of its own, so what is sent is the vector as it is
        copy_rows(connection, words, ("seq", "words"), ((seq, _vector(found)) for seq, found in rows), ("int4", "bytea"))
    else:
        connection.exec_driver_sql(f"INSERT INTO {words} (rowid, words) VALUES (?, ?)", list(rows))


def _matching(connection: Connection, kind: str) -> str:
    """FROM and WHERE of the current rows of a kind that hold the phrases, by number."""
    table = "sighting" if kind == "sighting" else "entry"
    words = TABLES[table]
    postgres = connection.dialect.name == "postgresql"
    match, key = (f"{words}.words @@ CAST(:query AS TSQUERY)", "seq") if postgres else (f"{words} MATCH :query", "rowid")
    of_kind = "" if kind == "sighting" else "AND t.kind = :kind "
    return (
        f"FROM {words} JOIN {table} t ON t.seq = {words}.{key} "
        f"WHERE {match} AND {words}.{key} > :after AND t.until IS NULL {of_kind}ORDER BY {words}.{key} LIMIT :most"
    )


def _values(connection: Connection, kind: str, wanted: Sequence[str], after: int, most: int) -> dict[str, object]:
    query = _tsquery(wanted) if connection.dialect.name == "postgresql" else _fts5(wanted)
    return {"query": query, "kind": kind, "after": after, "most": most}


def find_rows(connection: Connection, kind: str, wanted: Sequence[str], *, after: int, most: int) -> list[tuple[int, bytes]]:
    """(number, body) of the current records of a kind that hold all `wanted` phrases, by number."""
    values = _values(connection, kind, wanted, after, most)
    rows = connection.execute(text(f"SELECT t.seq, t.body {_matching(connection, kind)}"), values)
    return [(seq, bytes(body)) for seq, body in rows]


def find_numbers(connection: Connection, kind: str, wanted: Sequence[str]) -> list[int]:
    """The numbers of all rows that hold all `wanted` phrases, earlier versions among them: the index alone is read, so that a
    million take a moment."""
    postgres = connection.dialect.name == "postgresql"
    words = TABLES["sighting" if kind == "sighting" else "entry"]
    match, key = (f"{words}.words @@ CAST(:query AS TSQUERY)", "seq") if postgres else (f"{words} MATCH :query", "rowid")
    query = _tsquery(wanted) if postgres else _fts5(wanted)
    return list(connection.execute(text(f"SELECT {key} FROM {words} WHERE {match}"), {"query": query}).scalars())


def how_many(connection: Connection, kind: str, wanted: Sequence[str], *, most: int) -> int:
    """How many they are, counted up to `most`."""
    values = _values(connection, kind, wanted, 0, most)
    count = connection.execute(text(f"SELECT count(*) FROM (SELECT 1 {_matching(connection, kind)}) AS found"), values)
    return int(count.scalar_one())


def _begins(wanted: Sequence[str]) -> bool:
    """Whether the last word may be the beginning of one. A letter or two begin half of all words, and make the last part of an
    address mean ten others."""
    words = _WORD.findall(wanted[-1])
    return bool(words) and len(words[-1]) >= _BEGINNING


def _fts5(wanted: Sequence[str]) -> str:
    quoted = ['"{}"'.format(part.replace('"', " ")) for part in wanted]
    return " AND ".join(quoted) + (" *" if _begins(wanted) else "")


def _tsquery(wanted: Sequence[str]) -> str:
    found = [[f"'{word}'" for word in _line(part)] for part in wanted]
    if _begins(wanted):
        found[-1][-1] += ":*"
    return " & ".join("(" + " <-> ".join(part) + ")" for part in found)


def snippet(words: str, wanted: Sequence[str], around: int = 90) -> tuple[str, str, str]:
    """(before, match, after): where the first phrase stands in the words; their beginning where it cannot be shown."""
    pattern = r"[\W_]+".join(map(re.escape, _WORD.findall(wanted[0]))) if wanted else ""
    found = re.search(pattern, words, re.IGNORECASE) if pattern else None
    if found is None:
        return "", "", words[: 2 * around]
    start, end = found.span()
    return words[max(0, start - around) : start], words[start:end], words[end : end + around]
