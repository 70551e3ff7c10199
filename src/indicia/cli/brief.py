"""`indicia brief`: the main job."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from indicia.account import account
from indicia.cli import exits
from indicia.cli.addresses import fetched_sources, keep_pages
from indicia.cli.count import Count, count_files
from indicia.cli.marked import tell_unmarked
from indicia.cli.options import (
    Color,
    Date,
    Json,
    Language,
    Marking,
    Quiet,
    Rules,
    Told,
    Unmarked,
    Verbose,
    read_date,
    read_language,
    read_marking,
    talk,
)
from indicia.cli.readers import (
    ClaimFiles,
    ModelBudget,
    ModelKeyFile,
    ModelMaySee,
    ModelName,
    ModelSeconds,
    ModelUrl,
    OtherReader,
    asked_readers,
)
from indicia.cli.talk import Talk, plain, standard_input, write_out
from indicia.errors import InputError
from indicia.extras import missing
from indicia.records import Case, to_json

__all__ = ["brief", "held_case"]

# What a brief leaves behind: file name and share format, in the order in which they are written.
FILES = (
    ("case.json", "json"),
    ("brief.md", "md"),
    ("brief.html", "html"),
    ("brief.pdf", "pdf"),
    ("bundle.stix.json", "stix"),
    ("event.misp.json", "misp"),
    ("layer.navigator.json", "navigator"),
    ("indicators.csv", "csv"),
    ("timeline.jsonl", "timesketch"),
)


def brief(
    sources: Annotated[
        list[str],
        typer.Argument(help="Statements, news, advisories: files, folders, addresses, or - for stdin.", show_default=False),
    ],
    logs: Annotated[
        list[Path] | None, typer.Option("--logs", help="A log file, or a folder of logs from a server. May be repeated.")
    ] = None,
    rules: Rules = None,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder to write the brief to.")] = Path("brief"),
    keep: Annotated[
        str | None,
        typer.Option("--case", help="Keep the case in this file (or database URL), adding to what is already there."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="The name of the case; by default the folder's name.")] = None,
    have: Annotated[
        list[str] | None,
        typer.Option("--have", help="What is already in place, and what you are: edr,mfa,small,energy ..."),
    ] = None,
    date: Date = None,
    tlp: Marking = None,
    unmarked: Unmarked = None,
    public: Annotated[
        bool, typer.Option("--public", help="Write a version without your own logs, hosts and notes; it says so.")
    ] = False,
    told: Told = True,
    logs_tlp: Annotated[
        str, typer.Option("--logs-tlp", help="How to mark findings from your own logs.", show_default=True)
    ] = "amber",
    claims: ClaimFiles = None,
    reader: OtherReader = None,
    model_url: ModelUrl = None,
    model: ModelName = None,
    model_key_file: ModelKeyFile = None,
    model_may_see: ModelMaySee = None,
    model_seconds: ModelSeconds = 120,
    model_budget: ModelBudget = 500,
    full: Annotated[
        bool, typer.Option("--full", help="Print every annex in full, with techniques that the accused are only known for.")
    ] = False,
    lang: Language = "en",
    as_json: Json = False,
    fail_on_hit: Annotated[bool, typer.Option("--fail-on-hit", help="Exit 12 when the logs show signs of compromise.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = 0,
    color: Color = True,
) -> int:
    """The main job: read, hunt, weigh, advise, and write a brief.

    [bold]Examples[/]

      indicia brief article.txt advisory.pdf --logs exchange-logs/ -o brief/

      indicia brief https://example.org/statement -o brief/   [dim]fetched once; no other host is asked[/]

      indicia brief statements/ --have mfa,edr --tlp amber -o brief/

      indicia brief statements/ --logs exchange-logs/ --public --unmarked clear -o for-the-press/   [dim]nothing of yours[/]

      indicia brief statements/ --full -o brief/   [dim]every annex in full[/]

      indicia brief statements/ --lang de -o brief/   [dim]page one and headings in German[/]

      indicia brief new-statement.txt --case affair.indicia -o brief/   [dim]adds to the case, says what changed[/]
    """
    from indicia.cli.arguments import words
    from indicia.knowledge import load
    from indicia.knowledge.ages import too_old
    from indicia.pipeline import as_left, build, for_public
    from indicia.share import pieces
    from indicia.share.redact import marking_of
    from indicia.view.judgements import key_judgements

    voice = talk(quiet, verbose, color)
    read_language(lang)
    knowledge = load()
    if warning := too_old(knowledge.provenance, datetime.now(UTC).date()):
        voice.say(f"the built-in knowledge is {warning}", "yellow")
    asked = asked_readers(
        claims=claims,
        reader=reader,
        url=model_url,
        model=model,
        key_file=model_key_file,
        may_see=model_may_see,
        unmarked=unmarked,
        seconds=model_seconds,
        budget=model_budget,
    )
    before = held_case(keep) if keep else None
    texts, fetched = fetched_sources(sources, voice)
    with asked.told(voice) as readers, voice.progress() as progress:
        case = build(
            texts,
            tuple(logs or ()),
            rules=tuple(rules or ()),
            name=name or (before.name if before else output.resolve().name),
            before=before,
            have=words(have),
            published=read_date(date),
            marking=read_marking(tlp),
            unmarked=read_marking(unmarked),
            readers=readers,
            knowledge=knowledge,
            stdin=standard_input(),
            progress=progress,
        )
        voice.problems(case.problems)
        count = _count(case, before)
        voice.say(str(count), "dim" if count.is_whole else "yellow")
        if not case.documents and (case.hunt is None or not any(file.events for file in case.hunt.files)):
            raise InputError("none of the sources could be used, so there is no brief", hint="see the messages above")
        case = _with_logs_marked(case, logs_tlp)
        left, earlier = as_left(case, knowledge), as_left(before, knowledge) if before else None
        if public:
            left = for_public(left, knowledge, told=told)
            earlier = for_public(earlier, knowledge, told=told) if earlier else None
        keep_pages(fetched, output / "fetched")
        no_pdf = missing("pdf")
        files = [row for row in FILES if row[1] != "pdf" or not no_pdf]
        for number, (file, form) in enumerate(files):
            if progress:
                progress("writing", number, len(files))
            write_out(pieces(left, form, knowledge, full=full, language=lang, before=earlier), output / file)
        if no_pdf:
            voice.say(f"no brief.pdf: {no_pdf}", "yellow")
    sentences = [sentence.text for sentence in key_judgements(left)]
    if keep:
        _keep(case, keep, sources, logs or (), voice)
        for sentence in key_judgements(earlier) if earlier else ():
            if sentence.text not in sentences:
                voice.say(f"no longer said: {sentence.text}", "dim")
    tell_unmarked(left, voice)
    if as_json:
        sys.stdout.buffer.write(to_json(left if public else case) + b"\n")
    else:
        print(marking_of(left).label)  # noqa: T201
        for text in sentences:
            print(plain(f"- {text}"))  # noqa: T201 - this is the data that was asked for
        others = ".md" if no_pdf else ".md, .pdf"
        print(plain(f"\nThe brief is in {output / 'brief.html'} (also {others}, STIX, MISP; all in {output}/)"))  # noqa: T201
    return _code(case, fail_on_hit, count)


def _with_logs_marked(case: Case, marking: str) -> Case:
    """The case with its hunt under the marking. Raises: UsageError."""
    tlp = read_marking(marking)
    if case.hunt is None or tlp is None or case.hunt.marking is tlp:
        return case
    return msgspec.structs.replace(case, hunt=msgspec.structs.replace(case.hunt, marking=tlp))


def held_case(where: str) -> Case | None:
    """The case that is kept there already, if any."""
    from indicia.pipeline import is_store, load_case

    return load_case(where) if is_store(where) and ("://" not in where or _has_case(where)) else None


def _has_case(url: str) -> bool:
    from indicia.case import open_store

    with open_store(url) as store:
        return bool(store.runs())


def _keep(case: Case, where: str, sources: Sequence[str], logs: Sequence[Path], voice: Talk) -> None:
    """Saves the case and says what that changed."""
    from indicia.case import open_store
    from indicia.cli.history import counted

    what = "brief " + " ".join([*sources, *(f"--logs {path}" for path in logs)])
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with open_store(where) as store:
        changes = store.save(case, author=account(), time=now, what=what)
    if changes.is_empty:
        voice.say(f"{where}: nothing changed")
    for word, told in counted(changes):
        voice.say(f"{where}: {word}: {told}")


def _count(case: Case, before: Case | None) -> Count:
    """What became of the texts and logs that were given now."""
    known = {document.name for document in before.documents} if before else set()
    read = [document.name for document in case.documents if document.name not in known]
    logs = [file.file for file in case.hunt.files if file.events] if case.hunt else []
    return count_files([*read, *logs], case.problems)


def _code(case: Case, fail_on_hit: bool, count: Count) -> int:
    from indicia.records import HuntVerdict

    if fail_on_hit and case.hunt and case.hunt.verdict in {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY, HuntVerdict.SIGNS}:
        return exits.E_FOUND
    if not count.is_whole:
        return exits.E_PARTIAL
    return exits.E_OK
