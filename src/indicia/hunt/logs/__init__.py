"""Logs as they come from servers: found, opened, recognised, read.

inputs   files, folders, archives      formats  one parser per kind of log
reach    how far back a log goes       keep     events as Parquet
"""
