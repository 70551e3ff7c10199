"""The hunt, and reading, on Apache Spark: the same answer as on one machine. Needs the extra `spark` and Java.

session    a Spark session, found or begun           scanning   what a worker does, and what it sends
tables     events in tables that Spark opens         hunting    the hunt from end to end, as the driver sees it
watching   what such a table gains, batch by batch   reading    texts in tables, batch by batch
ledger     copies, origins and affairs over all that was read
"""
