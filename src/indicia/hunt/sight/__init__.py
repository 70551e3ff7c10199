"""What is seen in the logs: each match put together with its event and judged by itself.

scan         one process's share: rules and indicators over logs     found        what came of it, to be added up
notes        what our own rules say beyond Sigma                     outcome      did it work?
sightings    a matched rule and its event                            indicators   values that are sought
correlation  rules over the matches of other rules                   packing      events as they travel
quota        how many sightings are kept
"""

from __future__ import annotations
