"""The hunt, and reading, on Apache Spark: the same answer as on one machine. Needs the extra `spark` and Java.

session   a Spark session, found or begun              plan      logs cut into tasks, as one machine cuts them
scanning  what a worker does with tasks                tree      values joined pair by pair, in order, on the workers
counting  correlations by Spark's shuffle              hunting   the hunt from end to end
tables    events in tables that Spark opens            watching  what such a table gains, batch by batch
reading   texts in tables, batch by batch              alike     copies among many texts
ledger    origins and affairs over all that was read
"""

from __future__ import annotations
