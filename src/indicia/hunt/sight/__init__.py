"""What is seen in the logs: each match put together with its event and judged by itself.

scan         one process's share: rules and indicators over logs     found        what came of it, added up; how much is kept
notes        what our own rules and products say beyond the match    sightings    a matched rule and its event; did it work?
correlation  rules over the matches of other rules                   indicators   values that are sought
"""
