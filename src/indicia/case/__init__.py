"""The case on disk: one SQLite file, or PostgreSQL for a team.

store   merge, judge, load, queries     place  which database is read, and which written
past    what holds in it, and held: runs, changes, versions
tables  its shape, and how a case falls into records    words  the full-text index
writer, rows  the difference, written
columns  the sightings as columns        migrate, migrations/  how the shape changes
"""

from __future__ import annotations

from indicia.case.columns import Columns
from indicia.case.past import Changes, Run, Version
from indicia.case.store import Found, Merged, Row, Store, open_store

__all__ = ["Changes", "Columns", "Found", "Merged", "Row", "Run", "Store", "Version", "open_store"]
