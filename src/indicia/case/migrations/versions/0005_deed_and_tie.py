"""Claims hold the deed and the tie apart, each with its own firmness; what people added by hand likewise."""

import json

import sqlalchemy as sa
from alembic import op

from indicia.records import claim_today

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    entry = sa.table("entry", sa.column("seq"), sa.column("kind"), sa.column("body"))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(entry.c.seq, entry.c.kind, entry.c.body).where(entry.c.kind.in_(["claim", "judgement"]))
    )
    for seq, kind, body in rows.fetchall():
        held = json.loads(body)
        today = claim_today(held) if kind == "claim" else _judgement(held)
        if today != held:
            data = json.dumps(today, ensure_ascii=False, separators=(",", ":")).encode()
            connection.execute(sa.update(entry).where(entry.c.seq == seq).values(body=data))


def _judgement(held: dict) -> dict:  # type: ignore[type-arg]
    if held.get("action") != "add":
        return held
    try:
        value = json.loads(held["value"])
    except (KeyError, ValueError):
        return held
    if not isinstance(value, dict) or "quote" not in value:
        return held  # evidence or a measure
    return {**held, "value": json.dumps(claim_today(value), ensure_ascii=False, separators=(",", ":"))}
