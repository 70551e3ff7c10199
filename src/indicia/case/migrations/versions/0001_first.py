"""The first shape of a case.

Written out, not taken from `tables`, so that it stays what it was when `tables` moves on; a test compares the two.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("what", sa.String(2000), nullable=False),
    )
    op.create_table(
        "entry",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("until", sa.Integer, sa.ForeignKey("run.id"), nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("entry_current", "entry", ["kind", "until", "place"])
    op.create_index("entry_id", "entry", ["kind", "id"])
    op.create_table(
        "sighting",
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(200), nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("since", sa.Integer, sa.ForeignKey("run.id"), nullable=False),
        sa.Column("until", sa.Integer, sa.ForeignKey("run.id"), nullable=True),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("level", sa.String(16), nullable=False),
        sa.Column("stage", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("host", sa.String(200), nullable=False),
        sa.Column("time", sa.String(40), nullable=True),
        sa.Column("indicator", sa.String(2000), nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("sighting_current", "sighting", ["until", "place"])
    op.create_index("sighting_host", "sighting", ["host", "time"])
    op.create_index("sighting_rule", "sighting", ["rule", "time"])
    op.create_index("sighting_id", "sighting", ["id"])
    op.create_table(
        "technique",
        sa.Column("technique", sa.String(16), primary_key=True),
        sa.Column("sighting", sa.Integer, sa.ForeignKey("sighting.seq"), primary_key=True),
    )
