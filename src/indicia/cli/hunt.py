"""`indicia hunt`: did it happen to us?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from indicia.cli import exits
from indicia.cli.options import Color, Json, JsonLines, Output, Quiet, Rules, Verbose, talk
from indicia.cli.talk import plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.records import Hunt, HuntVerdict, Outcome, Severity, Sighting, to_json

__all__ = ["hunt"]

MOST_WAITING = 8  # log sources named for which rules wait
_OUTCOME_STYLE = {Outcome.SUCCESS: "red", Outcome.ATTEMPT: "yellow", Outcome.UNKNOWN: "dim"}
_VERDICT_STYLE = {
    HuntVerdict.COMPROMISE: "bold red",
    HuntVerdict.LIKELY: "bold red",
    HuntVerdict.SIGNS: "red",
    HuntVerdict.LOOK: "yellow",
    HuntVerdict.ATTEMPT: "yellow",
    HuntVerdict.NOT_SEEN: "green",
    HuntVerdict.NO_LOGS: "dim",
}


def hunt(
    paths: Annotated[list[Path], typer.Argument(help="Log files or folders that came from servers.", show_default=False)],
    rules: Rules = None,
    indicators: Annotated[
        list[Path] | None,
        typer.Option("--indicators", help="Indicators to look for: text, report, STIX, MISP or CSV. May be repeated."),
    ] = None,
    builtin: Annotated[bool, typer.Option("--builtin/--no-builtin", help="Use our own rule pack.")] = True,
    raw: Annotated[bool, typer.Option("--raw", help="Also look for the indicators in the raw bytes of every file.")] = False,
    keep: Annotated[Path | None, typer.Option("--keep", help="Write the events as Parquet into this folder.")] = None,
    as_json: Json = False,
    as_lines: JsonLines = False,
    output: Output = None,
    stats: Annotated[bool, typer.Option("--stats", help="Say where the time went.")] = False,
    jobs: Annotated[int | None, typer.Option("--jobs", help="Processes; all cores if not given.")] = None,
    fail_on_hit: Annotated[bool, typer.Option("--fail-on-hit", help="Exit 12 when the logs show signs of compromise.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """What matched, when, in which order, how far back the logs reach, and what could not be read.

    [bold]Examples[/]

      indicia hunt collected/ --rules sigma/rules/

      indicia hunt logs/ --indicators advisory.pdf --jsonl > sightings.jsonl
    """
    from indicia.hunt import IndicatorSought
    from indicia.hunt import hunt as hunt_logs
    from indicia.hunt.processes.lean import without_pandas
    from indicia.knowledge import load
    from indicia.pipeline import read_sources
    from indicia.pipeline.build import sought

    without_pandas()
    voice = talk(quiet, verbose, color)
    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude each other")
    with voice.progress() as progress:
        wanted: tuple[IndicatorSought, ...] = ()
        if indicators:
            _, _, mentions, problems = read_sources([str(path) for path in indicators], load(), stdin=standard_input())
            voice.problems(problems)
            wanted = sought(mentions)
            if not wanted:
                raise InputError("no indicator was found in what --indicators names", where=", ".join(map(str, indicators)))
        found = hunt_logs(
            paths,
            rules=tuple(rules or ()),
            builtin=builtin,
            indicators=wanted,
            keep=keep,
            raw=raw,
            progress=progress,
            jobs=jobs,
        )
    voice.problems(found.problems)
    if not any(file.events for file in found.files):
        raise InputError("no log could be read", hint="see the messages above; formats are listed in docs/hunting.md")
    if as_lines:
        write_out(b"".join(to_json(sighting) + b"\n" for sighting in found.sightings), output)
    elif as_json:
        write_out(to_json(found) + b"\n", output)
    else:
        _show(found, color, stats)
    if stats and (as_json or as_lines):
        voice.say("; ".join(f"{label} {seconds:.2f} s" for label, seconds in found.stats))
    if fail_on_hit and found.verdict in {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY, HuntVerdict.SIGNS}:
        return exits.E_FOUND
    partly = any(problem.severity is Severity.FAILED for problem in found.problems) or any(run.skipped for run in found.rules)
    return exits.E_PARTIAL if partly else exits.E_OK


def _folded(sightings: Sequence[Sighting]) -> Iterator[str]:
    """One line for each thing that was seen in a chain: when first, how often, who did what from where, and in which log."""
    from indicia.hunt.story.deeds import deed_of

    groups: dict[tuple[str, str, str], list[Sighting]] = {}
    for sighting in sightings:
        groups.setdefault((sighting.stage.value, sighting.outcome.value, sighting.title), []).append(sighting)
    for (stage, outcome, title), same in groups.items():
        first = same[0]
        time = f"{first.event.time:%Y-%m-%d %H:%M:%S}" if first.event.time else first.event.time_text[:19]
        place = first.event.place
        where = f"{Path(place.file).name}, {place.unit} {place.position}"
        deed = str(deed_of(first.event))
        done = f"  {deed}" if deed else ""
        times = f" x{len(same)}" if len(same) > 1 else ""
        yield (
            f"  {escape(plain(time)):<19}  [{_OUTCOME_STYLE[first.outcome]}]{outcome:<7}[/]  {stage:<17}  "
            f"{escape(plain(title))}{times}{escape(plain(done))}  [dim]{escape(plain(where))}[/]"
        )


def _show(found: Hunt, color: bool, stats: bool) -> None:
    console = Console(no_color=not color, highlight=False)
    console.print(f"[{_VERDICT_STYLE[found.verdict]}]{found.verdict.value}[/]: {escape(plain(found.reason))}")
    by_id = {sighting.id: sighting for sighting in found.sightings}
    for chain in found.chains:
        console.print(f"\n[bold]{escape(plain(chain.host))}[/]: {escape(plain(chain.summary))}")
        for line in _folded([by_id[identity] for identity in chain.sightings]):
            console.print(line, soft_wrap=True)
    chained = {identity for chain in found.chains for identity in chain.sightings}
    rest: dict[tuple[str, str], int] = {}
    for sighting in found.sightings:
        if sighting.id not in chained:
            key = (sighting.level.value, sighting.title)
            rest[key] = rest.get(key, 0) + 1
    if rest:
        console.print("[bold]Outside of any chain[/]")
        for (level, title), count in sorted(rest.items(), key=lambda item: -item[1])[:40]:
            console.print(escape(plain(f"  {count:>7}  {level:<13} {title}")))
    skipped = [run for run in found.rules if run.skipped]
    events = sum(file.events for file in found.files)
    console.print(
        f"[dim]{len(found.files)} files, {events:,} events; {sum(not run.waits for run in found.rules) - len(skipped):,} rules "
        f"were asked, {len(skipped)} could not run; {found.indicators_sought} indicators sought[/]"
    )
    waiting = Counter(run.waits for run in found.rules if run.waits)
    if waiting:
        most = ", ".join(f"{source} ({count:,})" for source, count in waiting.most_common(MOST_WAITING))
        more = f" and {len(waiting) - MOST_WAITING} more" if len(waiting) > MOST_WAITING else ""
        total = sum(waiting.values())
        console.print(escape(plain(f"{total:,} rules wait for logs that were not there: {most}{more}")), style="dim")
    if stats:
        for label, seconds in found.stats:
            sys.stderr.write(f"{label:<24} {seconds:8.3f} s\n")
