"""Brings a case file to the shape that this version knows, step by step, with Alembic. An older file is never read wrong."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine


def upgrade(engine: Engine) -> None:
    """Applies what is missing. Does nothing to a file that is up to date. Raises: sqlalchemy errors, OSError."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.connect().execution_options(writes=True) as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # two that open a new database at once: one migrates, the other waits
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7230119)")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
