"""Writes src/indicia/read/indicators/popular.txt from MISP's warning lists: `python scripts/popular_hosts.py CLONE [-o FILE]`.

CLONE is a clone of MISP/misp-warninglists (CC0-1.0). A line is a role (see `known_hosts.txt`) and its hosts. `popular` are
domains that at least two of four rankings of the most visited sites hold: a name that an attacker's traffic alone lifted into one
is rarely in another. The same clone gives the same bytes.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

from indicia.read.indicators.hosts import is_reserved_name, registrable  # noqa: E402

RANKINGS = ("tranco10k", "cloudflare-top10k", "majestic_million", "cisco_top10k")
ROLES = {
    "reference": ("security-provider-blogpost", "automated-malware-analysis"),
    "benign": ("whats-my-ip", "captive-portals"),
    "shared": ("url-shortener", "link-in-bio", "lots-project", "public-ipfs-gateways"),
}
# Places where anybody publishes: that a report was once there tells nothing of the next name below them.
ANYBODYS = ("blogspot.", "wordpress.com", "github.io", "tumblr.com", "googlecode.com", "rssing.com")
PER_LINE = 12


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clone", type=Path)
    parser.add_argument("-o", type=Path, default=ROOT / "src" / "indicia" / "read" / "indicators" / "popular.txt")
    arguments = parser.parse_args()
    commit = _git(arguments.clone, "log", "-1", "--format=%H %cs").split()
    names = (*RANKINGS, *(name for names in ROLES.values() for name in names))
    lists = {name: json.loads(_git(arguments.clone, "show", f"{commit[0]}:lists/{name}/list.json")) for name in names}
    roles = {role: sorted(set().union(*(_hosts(lists[name]) for name in own))) for role, own in ROLES.items()}
    told = set().union(*roles.values())
    counted = Counter(domain for name in RANKINGS for domain in {registrable(host) for host in _hosts(lists[name])} if domain)
    roles["popular"] = sorted(domain for domain, lists_with_it in counted.items() if lists_with_it > 1 and domain not in told)
    head = [
        "# Built by scripts/popular_hosts.py from MISP's warning lists (CC0-1.0), of which these are the versions; roles as in",
        f"# known_hosts.txt. Repository MISP/misp-warninglists at {commit[0]} of {commit[1]}.",
        *(f"# {name} {lists[name]['version']}" for name in names),
    ]
    lines = [
        f"{role} {' '.join(hosts[k : k + PER_LINE])}" for role, hosts in roles.items() for k in range(0, len(hosts), PER_LINE)
    ]
    arguments.o.write_text("\n".join([*head, *lines]) + "\n", "utf-8")
    print({role: len(hosts) for role, hosts in roles.items()}, arguments.o.stat().st_size)
    return 0


def _hosts(listed: dict[str, list[str]]) -> set[str]:
    names = (entry.lower().lstrip("*.").split("/", 1)[0] for entry in listed["list"])
    return {
        name
        for name in names
        if registrable(name) and not is_reserved_name(name) and not any(place in name for place in ANYBODYS)
    }


def _git(clone: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, check=True, text=True).stdout


if __name__ == "__main__":
    raise SystemExit(main())
