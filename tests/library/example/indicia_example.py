"""An example of a package beside Indicia: cables as texts, the log of a gate, and an export of counts."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

__all__ = ["CableReader", "GateLog", "counts"]


class CableReader:
    """Texts that stand between a first line of their own and a last one."""

    @staticmethod
    def sniff(head: bytes, name: str) -> bool:
        return head.startswith(b"CABLE 1\n")

    @staticmethod
    def read(data: bytes, name: str) -> str:
        body = data.decode("utf-8").removeprefix("CABLE 1\n")
        if "\nEND" not in body:
            raise ValueError("the cable has no end")
        return body.partition("\nEND")[0]


class GateLog:
    """`2021-03-03T06:50:08Z gate1 POST /ecp/x.js 241`"""

    @staticmethod
    def sniff(head: bytes, name: str) -> bool:
        return head.startswith(b"#gate\n")

    @staticmethod
    def record(line: str) -> Mapping[str, Any] | None:
        if line.startswith("#") or not line:
            return None
        time, host, method, path, status = line.split(" ")
        return {"timestamp": time, "host": host, "cs-method": method, "cs-uri-stem": path, "sc-status": status}


def counts(case: Any, knowledge: Any) -> bytes:
    """How many claims there are of each stance."""
    return json.dumps(Counter(claim.stance.value for claim in case.claims), sort_keys=True).encode()
