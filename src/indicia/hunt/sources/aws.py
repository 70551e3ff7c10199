"""Amazon Web Services.

References: AWS, "CloudTrail record contents", "Fields available in Amazon Route 53 Resolver query logs", "Access logs for your
Application Load Balancer", "Amazon S3 server access log format", "Flow log records".
"""

from __future__ import annotations

from indicia.hunt.sources.form import ANY, PRESENT, Answer, Form, Line, LogSource, Serves
from indicia.hunt.sources.web import WEB

__all__ = ["SOURCES"]

SOURCES = (
    LogSource(
        name="aws-cloudtrail",
        marks=(("eventsource", "eventname", "awsregion"), ("eventsource", "eventname", "useridentity"), ("cloudtrailevent",)),
        serves=(Serves("aws", "", "cloudtrail"),),
        times=("eventtime",),
        hosts=("recipientaccountid", "useridentity.accountid"),
        users=("useridentity.arn", "useridentity.username", "useridentity.principalid", "useridentity.type"),
        addresses=("sourceipaddress",),
        actions=("eventname",),
        objects=("requestparameters.",),
        answers=(
            Answer("responseelements.consolelogin", done=("success",), failed=("failure",)),
            Answer("errorcode", done=("",), failed=(PRESENT,)),
        ),
    ),
    LogSource(
        name="aws-route53",
        marks=(("query_name", "query_type", "rcode"),),
        serves=(Serves("aws", "dns", "route53", fields={"query": ("query_name",), "record_type": ("query_type",)}),),
        times=("query_timestamp",),
        addresses=("srcaddr",),
        actions=("query_name",),
    ),
    LogSource(
        name="aws-alb",
        marks=(("elb_status_code", "target_status_code"),),
        serves=(Serves(ANY, "webserver", fields={**WEB, "sc-status": ("sc-status", "elb_status_code")}),),
        times=("time", "timestamp"),
        addresses=("c-ip",),
        actions=("request",),
        lines=(
            Line(
                r"^(?:https?|h2|grpcs?|wss?) \d{4}-\d\d-\d\dT\S+Z \S+ \S+:\d+ (?:\S+:\d+|-) (?:-?[\d.]+ ){3}[\d-]+ ",
                "://",
                Form.BLANKS,
                tuple(
                    "type time elb c-ip+c-port target+target_port request_processing_time target_processing_time"
                    " response_processing_time sc-status target_status_code received_bytes sent_bytes request"
                    " cs(User-Agent) ssl_cipher ssl_protocol target_group_arn trace_id domain_name chosen_cert_arn"
                    " matched_rule_priority request_creation_time actions_executed redirect_url error_reason".split()
                ),
            ),
            Line(  # the classic load balancer
                r'^\d{4}-\d\d-\d\dT\S+Z \S+ \S+:\d+ (?:\S+:\d+|-) (?:-?[\d.]+ ){3}(?:\d{3}|-) [\d-]+ -?\d+ -?\d+ "',
                ("://", "- - - "),
                Form.BLANKS,
                tuple(
                    "time elb c-ip+c-port target+target_port request_processing_time target_processing_time"
                    " response_processing_time sc-status target_status_code received_bytes sent_bytes request"
                    " cs(User-Agent) ssl_cipher ssl_protocol".split()
                ),
            ),
        ),
    ),
    LogSource(
        name="aws-s3",
        marks=(("bucketowner", "bucket", "operation", "requesturi"), ("bucket_owner", "bucket", "operation", "request_uri")),
        serves=(Serves("aws", "webserver", "s3", fields=WEB),),
        times=("time",),
        users=("requester",),
        addresses=("c-ip", "remoteip", "remote_ip"),
        actions=("operation",),
        lines=(
            Line(
                r"^[0-9a-f]{64} \S+ \[\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] \S+ \S+ \S+ \S+ ",
                "/20",
                Form.BLANKS,
                tuple(
                    "bucket_owner bucket time c-ip requester request_id operation key request sc-status error_code sc-bytes"
                    " object_size total_time turn_around_time cs(Referer) cs(User-Agent) version_id host_id signature_version"
                    " cipher_suite authentication_type cs-host tls_version access_point_arn acl_required".split()
                ),
            ),
        ),
    ),
    LogSource(
        name="aws-vpcflow",
        marks=(("interface-id", "srcaddr"), ("interface_id", "srcaddr"), ("srcaddr", "dstaddr", "dstport")),
        serves=(
            Serves(
                "aws",
                "firewall",
                "vpcflow",
                fields={"src_ip": ("srcaddr",), "dst_ip": ("dstaddr",), "dst_port": ("dstport",), "src_port": ("srcport",)},
            ),
        ),
        times=("start", "end"),
        addresses=("srcaddr",),
        actions=("action",),
        lines=(
            Line(
                r"^[2-9] (?:\d{6,12}|unknown) eni-[0-9a-f]+ (?:[0-9a-f.:]+|-) (?:[0-9a-f.:]+|-) ",
                " eni-",
                Form.BLANKS,
                tuple(
                    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
                    " log-status vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id"
                    " sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction"
                    " traffic-path".split()
                ),
            ),
        ),
    ),
)
