"""That reading stays in proportion on hostile text: `python -m bench.hostile [--tries N]`.

Each text is read whole and its first quarter: four times the text should take about four times the time. Says which take more
than ten times (and more than two seconds), and ends with 1 then. Times are processor seconds of one core, the best of N.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable

from indicia.view.inert import Shown

from indicia.knowledge import load
from indicia.read.fronts import document_from_text
from indicia.read.indicators import find_indicators
from indicia.read.names import find_names
from indicia.read.techniques import find_techniques

__all__ = ["INDICATORS", "NAMES", "TECHNIQUES"]

MOST = 10.0  # times as long, for four times the text
SHORT = 2.0  # seconds: below, the ratio says little

INDICATORS = {
    "letters": "a" * 400_000,
    "hex": "0123456789abcdef" * 25_000,
    "dots": "a." * 200_000,
    "brackets": "[.]" * 130_000,
    "open": "(" * 400_000,
    "backslashes": "\\" * 400_000,
    "paths": "C:\\a" * 100_000,
    "schemes": "http://" * 57_000,
    "hxxp": "hxxp[:]//" * 44_000,
    "colons": "::1" * 130_000,
    "mails": "a@" * 200_000,
    "slashes": " /tmp/a" * 57_000,
    "keys": "HKLM\\a " * 57_000,
    "words": "legitimate " * 36_000,
    "numbers": "1.2.3.4." * 50_000,
    "agents": "User-Agent: " * 33_000,
    "mutex": "mutex " * 66_000,
    "rules": "rule a {condition: " * 200_000,
    "addresses": "198.51.100.7 x " * 26_000,
    "open rules": "condition:\n" + "rule a {\n" * 40_000,
    "open comments": "condition:\n" + "rule a { /*\n" * 30_000,
    "titles": "title: a\n" * 44_000,
    "quotes": '"' * 400_000,
    "blanks": " " * 400_000,
    "lines": "\n" * 400_000,
    "cve": "CVE-2021-26855, " * 25_000,
    "urls": "http://a.example/" * 23_000,
    "percent": "%a%\\b " * 66_000,
    "closers": "http://a))))" * 8_000,
    "versions": "firmware 1.2.3.4 and " * 19_000,
    "fields": "http://a.com/{a}{b}" * 21_000,
    "rows": "http://a.com;a;b;c;" * 21_000,
    "underscores": "a_dot_" * 66_000,
    "apart": "1 . " * 100_000,
    "quoted mutexes": 'mutex "aaaa" and "bbbb" and ' * 14_000,
    "short agents": '"ua": "agent ' * 30_000,
    "victims": "our site, a.example.com was compromised " * 5_000,
    "hashes": ("0123456789abcdef" * 2 + "  a.b ") * 10_000,
    "sources": "Sources: " + "a.com " * 66_000,
    "spaced": "C:\\" + "a b " * 100_000,
}

NAMES = {
    piece.strip(): piece * (200_000 // len(piece))
    for piece in ("a", "group called ", "APT ", "the malware ", "Turla ", "A b ", "group that we track as the ")
}

TECHNIQUES = {"mixed": "a" * 2_000_000 + " " + "could not " * 100_000 + "[" * 100_000 + "hxxp" * 100_000}

SHOWN = {"host names": "x" * 200_000 + " host7.bad7.example " + "a." * 50_000, "colons": "a:" * 50_000}


def seconds(read: Callable[[str], object], text: str, tries: int) -> float:
    spent = []
    for _ in range(tries):
        begin = time.process_time()
        read(text)
        spent.append(time.process_time() - begin)
    return min(spent)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=1)
    tries = parser.parse_args().tries
    show = Shown(f"host{n}.bad{n}.example" for n in range(20_000))
    readers: dict[str, tuple[Callable[[str], object], dict[str, str]]] = {
        "indicators": (lambda text: find_indicators(document_from_text(text, name="t")), INDICATORS),
        "names": (lambda text: find_names(document_from_text(text, name="t"), load()), NAMES),
        "techniques": (lambda text: find_techniques(document_from_text(text, name="t"), load()), TECHNIQUES),
        "shown": (show, SHOWN),
    }
    slow = []
    worst = 0.0
    for reader, (read, texts) in readers.items():
        read("warm")
        for name, text in texts.items():
            quarter, whole = (seconds(read, part, tries) for part in (text[: len(text) // 4], text))
            ratio = whole / max(quarter, 1e-6)
            bad = whole > SHORT and ratio > MOST
            worst = max(worst, whole)
            slow += [f"{reader}/{name}"] * bad
            print(
                f"{reader:<12}{name:<24}{len(text):>9} characters {whole:7.2f} s, {ratio:5.1f} times its quarter"
                + "  SLOW" * bad
            )
    print(f"hostile: worst={worst:.2f} s, out of proportion: {', '.join(slow) or 'none'}")
    return bool(slow)


if __name__ == "__main__":
    sys.exit(main())
