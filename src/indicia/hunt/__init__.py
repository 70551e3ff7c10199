"""Logs to sightings, and the story that they tell.

inputs      files, folders, archives       formats     one parser per kind of log     events    columns of many events
rules       Sigma, compiled                matching    rules over distinct values     indicators  values sought
scan        one process's share            run         all of it                      story     chains and verdict
merge       two hunts on one affair as one
"""

from __future__ import annotations

from indicia.hunt.indicators import IndicatorSought
from indicia.hunt.merge import merge
from indicia.hunt.run import hunt

__all__ = ["IndicatorSought", "hunt", "merge"]
