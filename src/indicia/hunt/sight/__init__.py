"""What is seen in the logs: each match put together with its event and judged by itself.

scan         one process's share: rules and indicators over logs     found        what came of it, added up; how much is kept
notes        what our own rules say beyond Sigma                     outcome      did it work?
sightings    a matched rule and its event                            indicators   values that are sought
correlation  rules over the matches of other rules                   packing      events as they travel
"""

from __future__ import annotations
