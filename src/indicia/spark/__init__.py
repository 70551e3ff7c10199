"""The hunt, and reading, on Apache Spark: the same answer as on one machine. Needs the extra `spark` and Java.

session    a Spark session, found or begun           keeping    which sightings the driver is sent
scanning   what a worker does with tasks             gathering  what workers found, and correlations, for the driver
hunting    the hunt from end to end                  tables     events in tables that Spark opens
watching   what such a table gains, batch by batch   reading    texts in tables, batch by batch
ledger     copies, origins and affairs over all that was read
"""
