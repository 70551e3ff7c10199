"""Run by Alembic: migrates over the connection that `indicia.case.migrate` gives."""

from alembic import context

from indicia.case.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
