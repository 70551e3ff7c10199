"""Indexes that give the sightings of a host or a rule page by page, and a leaner table of techniques in SQLite."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name in ("host", "rule"):
        op.drop_index(f"sighting_{name}", "sighting")
        op.create_index(f"sighting_{name}", "sighting", [name, "until", "seq"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute("ALTER TABLE technique RENAME TO technique_before")
        op.execute(
            "CREATE TABLE technique (technique VARCHAR(16) NOT NULL, sighting INTEGER NOT NULL, "
            "PRIMARY KEY (technique, sighting), FOREIGN KEY(sighting) REFERENCES sighting (seq)) WITHOUT ROWID"
        )
        op.execute("INSERT INTO technique SELECT technique, sighting FROM technique_before ORDER BY technique, sighting")
        op.execute("DROP TABLE technique_before")
