"""The case on disk: one SQLite file, or PostgreSQL for a team.

store  save, load, queries              parts  how a case falls into records
past   runs, changes, versions
writer, rows  the difference, written   words  the full-text index
columns  the sightings as columns        tables, migrate, migrations/  the shape of the file and how it changes
"""

from __future__ import annotations

from indicia.case.columns import Columns
from indicia.case.past import Changes, Run, Version
from indicia.case.store import Found, Store, open_store

__all__ = ["Changes", "Columns", "Found", "Run", "Store", "Version", "open_store"]
