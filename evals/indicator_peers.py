"""Runs under the interpreter that INDICIA_PEERS names, where the peers are installed: reads {"peer", "texts"} from
stdin, writes {"found": [[[type, value], ...], ...], "seconds", "version"} to stdout, or {"missing": why}. Types are in
our words."""

from __future__ import annotations

import json
import sys
import time
from importlib import metadata

IOC_FINDER = {
    "urls": "url",
    "domains": "domain-name",
    "ipv4s": "ipv4-addr",
    "ipv6s": "ipv6-addr",
    "ipv4_cidrs": "ipv4-addr",
    "email_addresses": "email-addr",
    "md5s": "file-md5",
    "sha1s": "file-sha1",
    "sha256s": "file-sha256",
    "sha512s": "file-sha512",
    "ssdeeps": "ssdeep",
    "cves": "vulnerability",
    "asns": "autonomous-system",
    "bitcoin_addresses": "btc-address",
    "monero_addresses": "xmr-address",
    "registry_key_paths": "windows-registry-key",
    "file_paths": "file-path",
    "user_agents": "user-agent",
}
TTPRISM = {
    "url": "url",
    "domain": "domain-name",
    "ipv4": "ipv4-addr",
    "ipv6": "ipv6-addr",
    "email": "email-addr",
    "md5": "file-md5",
    "sha1": "file-sha1",
    "sha256": "file-sha256",
    "cve": "vulnerability",
}
IOCSEARCHER = {
    "url": "url",
    "fqdn": "domain-name",
    "ip4": "ipv4-addr",
    "ip4Net": "ipv4-addr",
    "ip6": "ipv6-addr",
    "email": "email-addr",
    "md5": "file-md5",
    "sha1": "file-sha1",
    "sha256": "file-sha256",
    "cve": "vulnerability",
    "bitcoin": "btc-address",
    "monero": "xmr-address",
    "registry": "windows-registry-key",
    "arn": "",
}
IOCEXTRACT = {"url": "url", "ipv4": "ipv4-addr", "email": "email-addr", "md5": "file-md5", "sha1": "file-sha1",
              "sha256": "file-sha256", "sha512": "file-sha512"}  # fmt: skip
KINDS = {"ioc-finder": IOC_FINDER, "ttprism": TTPRISM, "iocsearcher": IOCSEARCHER, "iocextract": IOCEXTRACT}


def ioc_finder(text):
    from ioc_finder import find_iocs

    found = find_iocs(text)
    return [(IOC_FINDER[key], value) for key, values in found.items() if key in IOC_FINDER for value in values]


def ttprism(text):
    from ttprism import extract_iocs

    return [(TTPRISM[ioc.type.value], ioc.value) for ioc in extract_iocs(text)]


_searcher = None


def iocsearcher(text):
    global _searcher
    from iocsearcher.searcher import Searcher

    _searcher = _searcher or Searcher()
    return [(IOCSEARCHER[ioc.name], ioc.value) for ioc in _searcher.search_data(text) if IOCSEARCHER.get(ioc.name)]


def iocextract(text):
    import iocextract as peer

    found = [("url", value) for value in peer.extract_urls(text, refang=True)]
    found += [("ipv4-addr", value) for value in peer.extract_ipv4s(text, refang=True)]
    found += [("email-addr", value) for value in peer.extract_emails(text, refang=True)]
    for type, values in (
        ("file-md5", peer.extract_md5_hashes(text)),
        ("file-sha1", peer.extract_sha1_hashes(text)),
        ("file-sha256", peer.extract_sha256_hashes(text)),
        ("file-sha512", peer.extract_sha512_hashes(text)),
    ):
        found += [(type, value) for value in values]
    return found


def main():
    order = json.load(sys.stdin)
    run = {"ioc-finder": ioc_finder, "ttprism": ttprism, "iocsearcher": iocsearcher, "iocextract": iocextract}[order["peer"]]
    try:
        run("warm up 198.51.100.7")
        version = metadata.version(order["peer"])
    except ImportError as error:
        json.dump({"missing": str(error)}, sys.stdout)
        return
    start = time.process_time()
    found = [run(text) for text in order["texts"]]
    json.dump(
        {
            "found": found,
            "seconds": time.process_time() - start,
            "version": version,
            "types": sorted(set(KINDS[order["peer"]].values())),
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
