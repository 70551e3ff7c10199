"""The full-text index, filled from what is there."""

from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
from alembic import op

from indicia.case.tables import LISTS
from indicia.case.words import INDEXED, create_words, fill_words
from indicia.records import Record, Sighting

revision = "0002"
down_revision = "0001"

_PAGE = 1000


def upgrade() -> None:
    connection = op.get_bind()
    create_words(connection)
    for kind in INDEXED:
        query = f"SELECT seq, body FROM entry WHERE kind = '{kind}' AND seq > :after ORDER BY seq LIMIT {_PAGE}"
        fill_words(connection, "entry", _records(connection, query, LISTS[kind][1]))
    query = f"SELECT seq, body FROM sighting WHERE seq > :after ORDER BY seq LIMIT {_PAGE}"
    fill_words(connection, "sighting", _records(connection, query, Sighting))


def _records(connection: sa.Connection, query: str, type: type[Record]) -> Iterator[tuple[int, Record]]:
    after = 0
    while rows := connection.execute(sa.text(query), {"after": after}).all():
        for seq, body in rows:
            yield seq, msgspec.json.decode(bytes(body), type=type)
        after = rows[-1][0]
