"""Logs to sightings, and the story that they tell.

names      spellings shared by all               sources  kinds of records in JSON and tables, declared; who did what in one
rules      Sigma, compiled; our own pack         events   columns of many events
match      rules over distinct values            logs     files, folders, archives; one parser per kind of log
tuning     what does not count, what is our own  sight    matches put together and judged
story      chains and verdict                    parts    what came of some logs, to be joined
merge      tasks as one part, two hunts as one   worker   one scanning process
processes  several processes for one hunt        run      all of it, and what a stopped hunt goes on from

Each room imports only from those above it and on its left: `tests/test_house.py` holds them to it.
"""
