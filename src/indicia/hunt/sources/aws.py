"""Amazon Web Services.

References: AWS, "CloudTrail record contents", "Fields available in Amazon Route 53 Resolver query logs".
"""

from __future__ import annotations

from indicia.hunt.sources.form import LogSource, Serves

__all__ = ["SOURCES"]

SOURCES = (
    LogSource(
        name="aws-cloudtrail",
        marks=(("eventsource", "eventname", "awsregion"), ("eventsource", "eventname", "useridentity"), ("cloudtrailevent",)),
        serves=(Serves("aws", "", "cloudtrail"),),
        times=("eventtime",),
        users=("useridentity.arn", "useridentity.username", "useridentity.principalid", "useridentity.type"),
        addresses=("sourceipaddress",),
        actions=("eventname",),
    ),
    LogSource(
        name="aws-route53",
        marks=(("query_name", "query_type", "rcode"),),
        serves=(Serves("aws", "dns", "route53", fields={"query": ("query_name",), "record_type": ("query_type",)}),),
        times=("query_timestamp",),
        addresses=("srcaddr",),
        actions=("query_name",),
    ),
)
