"""Passages of fetched repositories that nobody annotated, for a teacher to answer about (`teach_judge.py`).

Of each text file that no annotated, measured or development document comes from: the passages in which computers are attacked and
somebody may have done it. What shares a tenth of its words with a document that is kept or measured is left out, since news is copied
from place to place.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from evals.annotated import readable, spelt_out

__all__ = ["passages", "used_files"]

# How many passages of each repository: all that there are of briefings, statements and hearings.
WANTED: Mapping[str, int] = {
    "brian14708/wh-briefings": 500, "milesmcc/congress-scope": 500, "RIstiaque/Country-Counting-from-Press-Briefings": 500,
    "wragge/pm-transcripts": 500, "wagov/wasocshared": 100, "P7-33/Titan-Segurity.io": 430,
    "TomInTheBytes/GenAI-Threat-Intelligence-Research": 190, "bertmad3400/articleMD": 330, "secureIntent-git/teftst": 100,
}  # fmt: skip
_TEXT = re.compile(r"\.(?:md|markdown|txt|html|xml)$", re.IGNORECASE)
_COMPUTERS = re.compile(
    r"\b(?:cyber(?!space force)\w*|hack(?:s|ed|er|ers|ing)?\b|ransomware|malware|intrusions?\b|SolarWinds?|denial.of.service|"
    r"data breach\w*|computer network\w*|Microsoft Exchange|phishing)",
    re.IGNORECASE,
)
_SOMEBODY = re.compile(
    r"\b(?:attribut\w*|behind|responsib\w*|accus\w*|blam\w*|culprit|perpetrat\w*|Russia\w*|Chin\w*|North Korea\w*|Iran\w*|DPRK|"
    r"state.sponsored|criminals?|nation.state|adversar\w*|investigat\w*|hackers?|attackers?|group|gang|APT\w*)",
    re.IGNORECASE,
)
LARGEST = 600_000  # bytes of a file
APART, TOGETHER = 1500, 3500  # characters between two words on computers, and in all, of one passage
BEFORE, AFTER, LONGEST = 600, 700, 7000  # characters around them, and in all
LEAST = 3  # words for somebody
ALIKE = 0.1
RUN = 8  # words that copies share
OF_ONE_FILE = 3


def _runs(text: str) -> set[int]:
    """Of words, by their hashes."""
    words = re.findall(r"\w+", text.lower())
    return {hash(" ".join(words[at : at + RUN])) for at in range(len(words) - RUN + 1)}


def passages(mirrors: Path, used: frozenset[tuple[str, str]], guarded: Iterable[str], seed: int) -> Iterator[tuple[str, str]]:
    """(id, text). `used`: repository and path of files that are passed over; `guarded`: texts of which no copy is wanted."""
    seen = set[int]().union(*map(_runs, guarded))
    chance = random.Random(seed)
    for repository, wanted in WANTED.items():
        given = 0
        for path, text in _files(mirrors / repository.replace("/", "+") / "repo", repository, used, chance):
            places = _places(text)
            chance.shuffle(places)
            for start, end in places[:OF_ONE_FILE]:
                shown = readable(text[start:end])
                runs = _runs(shown)
                if len(_SOMEBODY.findall(shown)) >= LEAST and runs and len(runs & seen) <= ALIKE * len(runs):
                    seen |= runs
                    given += 1
                    yield f"{repository}:{path}:{start}", shown
            if given >= wanted:
                break


def _files(folder: Path, repository: str, used: frozenset[tuple[str, str]], chance: random.Random) -> Iterator[tuple[str, str]]:
    listed = subprocess.run(["git", "-C", folder, "ls-tree", "-r", "-z", "HEAD"], capture_output=True, check=True).stdout
    entries = [line.split("\t", 1) for line in listed.decode("utf-8", "replace").split("\0") if "\t" in line]
    names = [
        (kind.split()[2], path) for kind, path in entries if _TEXT.search(path) is not None and (repository, path) not in used
    ]
    chance.shuffle(names)
    with subprocess.Popen(
        ["git", "-C", folder, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for blob, path in names:
            process.stdin.write(f"{blob}\n".encode())
            process.stdin.flush()
            head = process.stdout.readline().split()
            if len(head) < 3:
                continue  # listed and absent
            raw = process.stdout.read(int(head[2]))
            process.stdout.read(1)
            if len(raw) <= LARGEST:
                yield path, spelt_out(raw.decode("utf-8", "replace"))
        process.stdin.close()
        process.kill()


def _places(text: str) -> list[tuple[int, int]]:
    """Where computers are spoken of, whole lines."""
    groups: list[list[int]] = []
    for hit in (found.start() for found in _COMPUTERS.finditer(text)):
        if groups and hit - groups[-1][-1] < APART and hit - groups[-1][0] < TOGETHER:
            groups[-1].append(hit)
        else:
            groups.append([hit])
    out = []
    for group in groups:
        if len(group) > 1:
            start = text.rfind("\n", 0, max(0, group[0] - BEFORE)) + 1
            end = text.find("\n", min(len(text) - 1, group[-1] + AFTER))
            end = len(text) if end < 0 else end
            if end - start <= LONGEST:
                out.append((start, end))
    return out


def used_files(shared: Path, rows: Iterable[dict[str, Any]]) -> frozenset[tuple[str, str]]:
    """Repository and path of all documents of the shared corpus and of development, and of `rows`, annotated or measured."""
    real = shared / "claims" / "real"
    with gzip.open(real / "corpus.jsonl.gz", "rt", encoding="utf-8") as lines:
        wheres = [json.loads(line)["source"] for line in lines]
    wheres += [json.loads(line)["source"] for line in (real / "dev.jsonl").read_text("utf-8").splitlines()]
    wheres += [row["where"] for row in rows]
    split = (where.partition("@") for where in wheres)  # owner/name@commit:path#part
    return frozenset((repository, rest.partition(":")[2].partition("#")[0]) for repository, _, rest in split)
