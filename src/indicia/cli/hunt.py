"""`indicia hunt`: did it happen to us?"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import partial, reduce
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from rich.markup import escape
from typer import Argument, Option

from indicia.cli import exits
from indicia.cli.options import Engine, Engines, FailOnHit, Json, JsonLines, MadeOf, Master, Output, Rules, Voice
from indicia.cli.results import count_logs, marked_json
from indicia.cli.talk import ProgressCall, Talk, console_for, plain, standard_input, write_out
from indicia.errors import InputError, UsageError
from indicia.extras import need
from indicia.records import Event, Hunt, HuntVerdict, Outcome, RuleLevel, Severity, Sighting, json_pieces
from indicia.walking import text_of, told_path

if TYPE_CHECKING:
    from indicia.hunt.sight.indicators import IndicatorSought
    from indicia.hunt.tuning import Tuning
    from indicia.spark.tables import ColumnMeanings

MOST_WAITING = 8  # log sources named for which rules wait
MOST_TITLES = 3  # rules named that saw one act
MOST_DAYS = 31
MOST_NAMED = 5  # accounts and addresses
MOST_ACTORS = 20  # machines and principals in the table
MOST_ALIKE = 5  # acts of a chain of which rules say the same
_LOUD = (RuleLevel.CRITICAL, RuleLevel.HIGH, RuleLevel.MEDIUM)
_OUTCOME_STYLE = {Outcome.SUCCESS: "red", Outcome.ATTEMPT: "yellow", Outcome.UNKNOWN: "dim"}
_VERDICT_STYLE = {
    HuntVerdict.COMPROMISE: "bold red",
    HuntVerdict.LIKELY: "bold red",
    HuntVerdict.SIGNS: "red",
    HuntVerdict.LOOK: "yellow",
    HuntVerdict.ATTEMPT: "yellow",
    HuntVerdict.NOT_SEEN: "green",
    HuntVerdict.CANNOT_JUDGE: "yellow",
    HuntVerdict.NO_LOGS: "dim",
}


class Tuned(NamedTuple):
    """What the options say of which rules and which time count, and how times are meant."""

    since: str | None = Option(None, help="Only what happened since then: a day such as 2021-03-02, or a time.")
    until: str | None = Option(None, help="Only what happened until then.")
    without: list[str] | None = Option(None, "--not", help="A rule that does not count, by id or title. May be repeated.")
    tuning: list[Path] | None = Option(
        None, help="A YAML file with such rules, a period and your own systems (docs/hunting.md). May be repeated."
    )
    timezone: str | None = Option(None, help="The zone of times that state none: Europe/Berlin, +11:00. UTC by default.")
    dates: str | None = Option(None, help="Which comes first in dates that could be read either way: dmy or mdy.")

    def told(self) -> Tuning:
        """The tuning of the files with what the command line adds. Raises: UsageError, RuleError."""
        from indicia.hunt.tuning import Tuning, read_time, read_tuning

        since = read_time(self.since) if self.since else None
        until = read_time(self.until, end=True) if self.until else None
        more = Tuning(without=tuple(self.without or ()), since=since, until=until)
        files = (read_tuning(_text_of(file), str(file)) for file in self.tuning or ())
        return reduce(Tuning.with_more, (*files, more), Tuning()).with_times(self.timezone, self.dates)


class OnSpark(NamedTuple):
    """What the options say of Apache Spark: whether it does the work, on which cluster, and through which tables."""

    engine: Engine = Engines.LOCAL
    master: Master = None
    tables: list[str] | None = Option(
        None,
        "--table",
        help="With --engine spark: a table of events, such as parquet:ADDRESS. May be repeated (docs/scale.md).",
    )
    columns: Path | None = Option(None, help="A YAML file that says what the columns of --table mean (docs/scale.md).")
    watch: str | None = Option(
        None, help="Hunt through what one --table has gained since the last call, reporting into this folder (docs/scale.md)."
    )
    late: int = Option(60, min=0, help="With --watch: how many minutes late events may arrive.")

    def meanings(self) -> ColumnMeanings | None:
        """What the columns mean. Raises: UsageError."""
        from indicia.spark.tables import read_columns

        return read_columns(_text_of(self.columns), str(self.columns)) if self.columns is not None else None


def hunt(
    paths: list[Path] | None = Argument(None, help="Log files, or folders of logs from servers.", show_default=False),
    rules: Rules = None,
    indicators: list[Path] | None = Option(
        None, help="Indicators to look for: text, report, STIX, MISP or CSV. May be repeated."
    ),
    builtin: bool = Option(True, "--builtin/--no-builtin", help="Use our own rule pack."),
    level: RuleLevel = Option(
        RuleLevel.INFORMATIONAL, help="Show only sightings of this level or above; the verdict is on all of them."
    ),
    *,
    tuned: Annotated[Tuned, MadeOf(Tuned)],
    raw: bool = Option(False, "--raw", help="Also look for the indicators in the raw bytes of every file."),
    keep: Path | None = Option(None, help="Write the events as Parquet into this folder."),
    as_json: Json = False,
    as_lines: JsonLines = False,
    output: Output = None,
    timeline: Path | None = Option(
        None,
        help="Write what was found and what stands around it in the order of time: .jsonl and .csv for Timesketch, "
        ".l2t.csv as log2timeline does.",
    ),
    resume: Path | None = Option(
        None, help="Write what came of the logs into this file as it comes; a hunt that was stopped goes on from there."
    ),
    suggest: Path | None = Option(
        None, help="Write a tuning file that leaves out the rules that fire on nearly everything here, to be edited."
    ),
    stats: bool = Option(False, "--stats", help="Say where the time went."),
    jobs: int | None = Option(None, help="Processes; all cores by default."),
    spark: Annotated[OnSpark, MadeOf(OnSpark)],
    fail_on_hit: FailOnHit = False,
    voice: Voice,
) -> int:
    """What matched, when and in which order, how far back the logs go, and what could not be read.

    [bold]Examples[/]

      indicia hunt collected/ --rules sigma/rules/

      indicia hunt logs/ --indicators advisory.pdf --jsonl > sightings.jsonl

      indicia hunt collected/ --timeline timeline.csv

      indicia hunt collected/ --resume collected.hunt

      indicia hunt collected/ --suggest noise.yml
    """
    from indicia.hunt.processes import without_pandas

    without_pandas()
    form = _form_of(as_json, as_lines, timeline)
    whole = {"--timeline": timeline, "--resume": resume, "--keep": keep, "--suggest": suggest}
    _check_tables(spark, bool(paths), whole)
    asked: dict[str, Any] = {"builtin": builtin, "tuning": tuned.told()}
    with voice.progress() as progress:
        asked["indicators"], bundles = _wanted(voice, indicators or ())
        asked["rules"] = (*(rules or ()), *bundles)
        if spark.watch is not None:
            return _watched(voice, spark, spark.watch, asked)
        on_spark = spark.engine is Engines.SPARK
        through = _on_spark(spark, keep, jobs, resume) if on_spark else _here(keep, jobs, resume, progress)
        found = through(paths or (), raw=raw, **asked)
    voice.problems(found.problems)
    count = count_logs(found, map(told_path, rules or ()))
    voice.say(str(count), "dim" if count.is_whole else "yellow")
    if not any(file.events for file in found.files):
        raise InputError("no log could be read", hint="see the messages above; formats are listed in docs/hunting.md")
    shown = tuple(RuleLevel)[tuple(RuleLevel).index(level) :]
    _write_timeline(found, timeline, form, shown, voice)
    _suggest(found, suggest, voice)
    if as_lines or as_json:
        write_out(_machine_readable(found, shown, as_lines), output)
    else:
        _show(found, voice.color, stats, shown)
    if stats and (as_json or as_lines):
        voice.say("; ".join(f"{label} {seconds:.2f} s" for label, seconds in found.stats))
    return _code(found, fail_on_hit, count.is_whole)


def _machine_readable(found: Hunt, shown: Sequence[RuleLevel], as_lines: bool) -> Iterator[bytes]:
    if as_lines:
        yield from (marked_json(each, found.marking) + b"\n" for each in found.sightings if each.level in shown)
    else:
        yield from json_pieces(found)
        yield b"\n"


def _check_tables(spark: OnSpark, paths: bool, whole: Mapping[str, Path | None]) -> None:
    """Raises: UsageError for options that do not go together, or where nothing is to be hunted through. `whole` are those that
    take one hunt through all of it."""
    told = (("--master", spark.master), ("--table", spark.tables), ("--columns", spark.columns), ("--watch", spark.watch))
    for name, value in told:
        if value and spark.engine is not Engines.SPARK:
            raise UsageError(f"{name} is for --engine spark")
    if spark.watch is not None and (given := [name for name, value in whole.items() if value is not None]):
        raise UsageError(f"--watch and {given[0]} exclude each other")
    if spark.watch is not None and (paths or len(spark.tables or ()) != 1):
        raise UsageError("--watch is for one --table", hint="watch others in a separate run")
    if not paths and not spark.tables:
        raise UsageError("no logs were given", hint="name files or folders with logs")


def _form_of(as_json: bool, as_lines: bool, timeline: Path | None) -> str:
    """The form that a timeline's name asks for; "" where none is wanted. Raises: UsageError, also for two forms at once."""
    if as_json and as_lines:
        raise UsageError("--json and --jsonl exclude each other")
    if timeline is None:
        return ""
    from indicia.share.timelines import FORMS

    form = next((ending for ending in FORMS if timeline.name.lower().endswith(ending)), "")
    if not form:
        raise UsageError(f"--timeline {timeline} names no form", hint=f"end its name in one of {', '.join(FORMS)}")
    return form


def _write_timeline(found: Hunt, timeline: Path | None, form: str, shown: Sequence[RuleLevel], voice: Talk) -> None:
    if timeline is None:
        return
    from indicia.hunt.sources.deeds import deed_of
    from indicia.share.timelines import of_hunt

    def told(event: Event) -> tuple[str, str, str]:
        deed = deed_of(event)
        return str(deed).removesuffix(":"), deed.who, deed.origin

    write_out(of_hunt(found, form, shown, told), timeline)
    if untimed := sum(each.event.time is None for each in found.sightings):
        voice.warn(f"{untimed:,} sightings without a time are not in {timeline}")


def _suggest(found: Hunt, file: Path | None, voice: Talk) -> None:
    from indicia.hunt.story.acts import suggested

    if file is None:
        return
    if text := suggested(found):
        write_out(text.encode(), file)
    else:
        voice.say(f"no rule fires on nearly everything in these logs: {file} was not written")


def _code(found: Hunt, fail_on_hit: bool, is_whole: bool) -> int:
    if fail_on_hit and found.verdict in {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY, HuntVerdict.SIGNS}:
        return exits.E_FOUND
    failed = any(problem.severity is Severity.FAILED for problem in found.problems)
    return exits.E_PARTIAL if failed or not is_whole or any(run.skipped for run in found.rules) else exits.E_OK


def _wanted(voice: Talk, files: Sequence[Path]) -> tuple[tuple[IndicatorSought, ...], Sequence[Path]]:
    """The indicators in some files, and the bundles among these, whose patterns are rules. What else was read in them is let go
    of before the hunt."""
    if not files:
        return (), ()
    from indicia.hunt.rules.files import bundles_among
    from indicia.knowledge import load
    from indicia.pipeline import read_sources
    from indicia.pipeline.build import sought

    _, _, mentions, problems = read_sources([str(path) for path in files], load(), stdin=standard_input())
    voice.problems(problems)
    wanted, bundles = sought(mentions), tuple(bundles_among(files))
    if not wanted and not bundles:
        raise InputError("no indicators were found in --indicators", where=", ".join(map(str, files)))
    return wanted, bundles


def _here(keep: Path | None, jobs: int | None, resume: Path | None, progress: ProgressCall | None) -> Callable[..., Hunt]:
    from indicia.hunt.run import hunt as hunt_logs

    if keep is not None and resume is not None:
        raise UsageError("--keep and --resume exclude each other", hint="events are kept by a hunt through all of the logs")
    return partial(hunt_logs, keep=keep, jobs=jobs, resume=resume, progress=progress)


def _on_spark(spark: OnSpark, keep: Path | None, jobs: int | None, resume: Path | None) -> Callable[..., Hunt]:
    for name, value, hint in (
        ("--keep", keep, ""),
        ("--jobs", jobs, "--master says how many cores, as in local[4]"),
        ("--resume", resume, "Spark itself does again what a machine that was lost had done"),
    ):
        if value is not None:
            raise UsageError(f"{name} is for --engine local", hint=hint)
    need("spark")
    from indicia.spark.hunting import hunt as hunt_logs
    from indicia.spark.session import begin
    from indicia.spark.tables import read_table

    tables, columns = [read_table(each) for each in spark.tables or ()], spark.meanings()

    def through(paths: Sequence[Path], **options: Any) -> Hunt:
        with begin(spark.master) as session:
            return hunt_logs(paths, session=session, tables=tables, columns=columns, **options)

    return through


def _watched(voice: Talk, spark: OnSpark, folder: str, asked: dict[str, Any]) -> int:
    need("spark")
    from indicia.spark.session import begin
    from indicia.spark.tables import read_table
    from indicia.spark.watching import watch

    asked["columns"] = spark.meanings()
    out = folder if "://" in folder else str(Path(folder).absolute())
    through = read_table((spark.tables or [""])[0])
    with begin(spark.master) as session:
        told = watch(session, through, out, late=timedelta(minutes=spark.late), **asked)
    voice.problems(told.problems)
    voice.say(f"{told.events:,} new events, {told.sightings:,} sightings told in {folder}", "dim")
    whole = all(problem.severity is Severity.NOTE for problem in told.problems)
    return exits.E_OK if whole else exits.E_PARTIAL


def _text_of(path: Path) -> str:
    try:
        return text_of(path)
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the file {path} cannot be read: {error}") from error


def _actors(found: Hunt, by_id: Mapping[str, Sighting]) -> Iterator[str]:
    """A line for each machine and principal: what is to be said of it, from when to when, its worst trace, techniques."""
    from indicia.hunt.story.acts import actors_in

    rows = actors_in(found.chains, by_id)
    width = min(40, max((len(row.name) for row in rows), default=0))
    for row in rows[:MOST_ACTORS]:
        first, last = (f"{time:%Y-%m-%d %H:%M}" if time else "" for time in (row.first, row.last))
        yield (
            f"  {escape(plain(row.name or '?')):<{width}}  [{_VERDICT_STYLE[row.verdict]}]{row.verdict.value:<20}[/]  "
            f"{first:<16}  {last:<16}  {escape(plain(row.worst.title))}  [dim]{' '.join(row.techniques)}[/]"
        )
    if len(rows) > MOST_ACTORS:
        yield f"  and {len(rows) - MOST_ACTORS} more"


def _lines(sightings: Sequence[Sighting]) -> Iterator[str]:
    """One line for each act of a chain: when, whether it worked, what rules say of it, who did what from where, which log.

    Of many acts of which rules say the same the first few are told, and how many more there were.
    """
    from indicia.hunt.story.acts import acts_of

    acts = acts_of(sightings)
    alike = Counter((act.titles, act.worst.outcome) for act in acts)
    told: Counter[tuple[tuple[str, ...], Outcome]] = Counter()
    for act in acts:
        kind = act.titles, act.worst.outcome
        told[kind] += 1
        if told[kind] > MOST_ALIKE and alike[kind] > MOST_ALIKE + 1:
            if told[kind] == alike[kind]:
                left = alike[kind] - MOST_ALIKE
                yield f"  {'':<19}  [dim]and {left:,} more of “{escape(plain(act.titles[0]))}”; --jsonl has them all[/]"
            continue
        worst = act.worst
        time = f"{worst.event.time:%Y-%m-%d %H:%M:%S}" if worst.event.time else worst.event.time_text[:19]
        place = worst.event.place
        more = f" and {act.logs - 1} more" if act.logs > 1 else ""
        where = f"{Path(place.file).name}, {place.unit} {place.position}{more}"
        deed = str(act.deed)
        done = f"  {deed}" if deed else ""
        times = f" x{act.times}" if act.times > 1 else ""
        until = f" until {act.last:%m-%d %H:%M:%S}" if act.last is not None and act.last != worst.event.time else ""
        titles = "; ".join(act.titles[:MOST_TITLES])
        others = f" and {len(act.titles) - MOST_TITLES} more" if len(act.titles) > MOST_TITLES else ""
        yield (
            f"  {escape(plain(time)):<19}  [{_OUTCOME_STYLE[worst.outcome]}]{worst.outcome.value:<7}[/]  "
            f"{worst.level.value:<8}  {worst.stage.value:<17}  "
            f"{escape(plain(titles))}{others}{times}{until}{escape(plain(done))}  [dim]{escape(plain(where))}[/]"
        )


def _days(sightings: Sequence[Sighting]) -> Iterator[str]:
    """How many sightings of a level that counts each day has; where there are too many days, those with the most."""
    from indicia.hunt.story.acts import by_day

    loud = [(day, counts) for day, counts in by_day(sightings) if any(counts[level] for level in _LOUD)]
    most = sorted(loud, key=lambda item: [-item[1][level] for level in _LOUD])[:MOST_DAYS]
    for day, counts in (item for item in loud if item in most):
        told = ", ".join(f"{counts[level]:,} {level.value}" for level in _LOUD if counts[level])
        yield f"  {day or 'no time':<10}  {told}"
    if len(loud) > MOST_DAYS:
        yield f"  and {len(loud) - MOST_DAYS} more days with fewer"


def _is_own(event: Event) -> bool:
    """Whether a machine called itself, as the front end of Exchange calls its back end: that is nobody's address."""
    return bool(event.fields.get("s-ip")) and event.fields.get("s-ip") == event.fields.get("c-ip")


def _most_seen(sightings: Sequence[Sighting]) -> Iterator[str]:
    """Who is named most, at a level that counts."""
    from indicia.hunt.sources.deeds import deed_of

    deeds = {each.event.place: deed_of(each.event) for each in sightings if each.level in _LOUD and not _is_own(each.event)}
    for label, names in (
        ("accounts", [deed.who for deed in deeds.values()]),
        ("addresses", [deed.origin for deed in deeds.values()]),
    ):
        counts = Counter(name for name in names if name)
        if counts:
            yield f"Most seen {label}: " + ", ".join(f"{name} ({count:,})" for name, count in counts.most_common(MOST_NAMED))


def _show(found: Hunt, color: bool, stats: bool, shown: Sequence[RuleLevel]) -> None:
    console = console_for(color)
    console.print(found.marking.label, style="bold")
    console.print(f"[{_VERDICT_STYLE[found.verdict]}]{found.verdict.value}[/]: {escape(plain(found.reason))}")
    by_id = {sighting.id: sighting for sighting in found.sightings}
    if len({chain.host for chain in found.chains}) > 1:
        console.print("[bold]Machines and principals, the worst first[/]")
        for line in _actors(found, by_id):
            console.print(line, soft_wrap=True)
    for chain in found.chains:
        console.print(f"\n[bold]{escape(plain(chain.host))}[/]: {escape(plain(chain.summary))}")
        for line in _lines([each for identity in chain.sightings if (each := by_id[identity]).level in shown]):
            console.print(line, soft_wrap=True)
    chained = {identity for chain in found.chains for identity in chain.sightings}
    rest = Counter((one.level.value, one.title) for one in found.sightings if one.id not in chained and one.level in shown)
    if rest:
        console.print("[bold]Not part of a chain[/]")
        for (level, title), count in rest.most_common(40):
            console.print(escape(plain(f"  {count:>7}  {level:<13} {title}")))
    days = list(_days(found.sightings))
    if len(days) > 1:
        console.print("[bold]By day[/]")
        for line in days:
            console.print(escape(line))
    for line in _most_seen(found.sightings):
        console.print(escape(plain(line)), soft_wrap=True)
    for line in _reach(found):
        console.print(escape(plain(line)), style="dim")
    if stats:
        for label, seconds in found.stats:
            sys.stderr.write(f"{label:<24} {seconds:8.3f} s\n")


def _reach(found: Hunt) -> Iterator[str]:
    """How much was asked, and which rules had no log to run on."""
    from indicia.view.wording import many

    skipped = sum(bool(run.skipped) for run in found.rules)
    events = sum(file.events for file in found.files)
    asked = sum(not run.waits for run in found.rules) - skipped
    yield (
        f"{many(len(found.files), 'file')}, {events:,} event{'s' * (events != 1)}; {asked:,} rules "
        f"were asked, {skipped} could not run; {found.indicators_sought} indicators looked for"
    )
    waiting = Counter(run.waits for run in found.rules if run.waits)
    if waiting:
        most = ", ".join(f"{source} ({count:,})" for source, count in waiting.most_common(MOST_WAITING))
        more = f" and {len(waiting) - MOST_WAITING} more" if len(waiting) > MOST_WAITING else ""
        yield f"{sum(waiting.values()):,} rules had no log to run on: {most}{more}"
