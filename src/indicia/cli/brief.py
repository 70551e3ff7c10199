"""`indicia brief`: the main job."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from typer import Argument, Option

from indicia.account import account
from indicia.cli import exits
from indicia.cli.options import (
    Date,
    FailOnHit,
    Json,
    Language,
    Marking,
    Rules,
    Told,
    Unmarked,
    Voice,
    markings,
    read_date,
    read_language,
    read_marking,
    words,
)
from indicia.cli.readers import Others, asked_readers, fetched_sources, keep_pages
from indicia.cli.results import Count, count_files, tell_unmarked
from indicia.cli.talk import Talk, plain, standard_input, write_out
from indicia.errors import InputError
from indicia.extras import missing
from indicia.records import Case, to_json

if TYPE_CHECKING:
    from indicia.knowledge import Knowledge
    from indicia.pipeline import Delta


def brief(
    sources: list[str] = Argument(
        ..., help="Statements, news, advisories: files, folders, addresses, or - for stdin.", show_default=False
    ),
    logs: list[Path] | None = Option(None, help="A log file, or a folder of logs from a server. May be repeated."),
    rules: Rules = None,
    output: Path = Option(Path("brief"), "--output", "-o", help="The folder to write the brief to."),
    keep: str | None = Option(
        None, "--case", help="Keep the case in this file (or database URL), adding to what is already there."
    ),
    name: str | None = Option(None, help="The name of the case; by default what it is about."),
    have: list[str] | None = Option(None, help="What is already in place, and what you are: edr,mfa,small,energy ..."),
    date: Date = None,
    tlp: Marking = None,
    unmarked: Unmarked = None,
    public: bool = Option(False, "--public", help="Write a version without your own logs, hosts and notes; it says so."),
    told: Told = True,
    logs_tlp: str = Option("amber", help="How to mark findings from your own logs.", autocompletion=markings),
    *,
    others: Others,
    full: bool = Option(
        False, "--full", help="Print every annex in full, with techniques that the accused are only known for."
    ),
    lang: Language = "en",
    as_json: Json = False,
    fail_on_hit: FailOnHit = False,
    voice: Voice,
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
    from indicia.pipeline import read_new, write_brief

    read_language(lang)
    knowledge = _knowledge(voice)
    asked = asked_readers(others, unmarked)
    before = held_case(keep) if keep else None
    texts, fetched = fetched_sources(sources, voice)
    with asked.told(voice) as readers, voice.progress() as progress:
        delta = read_new(
            texts,
            tuple(logs or ()),
            knowledge=knowledge,
            rules=tuple(rules or ()),
            have=words(have),
            published=read_date(date),
            marking=read_marking(tlp),
            unmarked=read_marking(unmarked),
            logs_marking=read_marking(logs_tlp),
            before=before,
            readers=readers,
            stdin=standard_input(),
            progress=progress,
        )
        what = "brief " + " ".join([*sources, *(f"--logs {path}" for path in logs or ())])
        before, case, count = _grown(delta, before, name, keep, what, knowledge, voice)
        left, earlier, whole = _leaving(case, before, knowledge, public=public, told=told)
        keep_pages(fetched, output / "fetched")
        write_brief(left, output, knowledge, full=full, language=lang, before=earlier, progress=progress, whole=whole)
    _tell(left, earlier, voice, output, whole if as_json else None)
    return _code(case, fail_on_hit, count)


def _knowledge(voice: Talk) -> Knowledge:
    """What is built in, saying so where it is old."""
    from indicia.knowledge import load
    from indicia.knowledge.library import too_old

    knowledge = load()
    if warning := too_old(knowledge.provenance, datetime.now(UTC).date()):
        voice.say(f"the built-in knowledge is {warning}", "yellow")
    return knowledge


def _grown(
    delta: Delta, before: Case | None, name: str | None, keep: str | None, what: str, knowledge: Knowledge, voice: Talk
) -> tuple[Case | None, Case, Count]:
    """The case as it was and as it is now, kept if it is to be before anything is made of it that could fail; and what became
    of what was given."""
    from indicia.pipeline import grown

    count = _count(delta, before, voice)

    def grow(held: Case | None) -> Case:
        return grown(held, delta, knowledge, name=name or (held.name if held else None))

    before, case = _kept(grow, keep, what, voice) if keep else (None, grow(None))
    return before, case, count


def _leaving(
    case: Case, before: Case | None, knowledge: Knowledge, *, public: bool, told: bool
) -> tuple[Case, Case | None, Case]:
    """The case as it leaves, as it left before, and as it stands in a file that can be passed on again: nothing is laid over
    the machine's records there."""
    from indicia.pipeline import for_audience

    left = for_audience(case, None, knowledge, public=public, told=told)
    earlier = for_audience(before, None, knowledge, public=public, told=told) if before else None
    return left, earlier, left if public else case


def _tell(left: Case, earlier: Case | None, voice: Talk, output: Path, as_json: Case | None) -> None:
    """What it comes to and where the brief is, on stdout; what is no longer said, on stderr."""
    from indicia.share.redact import marking_of
    from indicia.view.judgements import key_judgements

    no_pdf = missing("pdf")
    if no_pdf:
        voice.say(f"no brief.pdf: {no_pdf}", "yellow")
    sentences = [sentence.text for sentence in key_judgements(left)]
    for sentence in key_judgements(earlier) if earlier else ():
        if sentence.text not in sentences:
            voice.say(f"page one said before: {sentence.text}", "dim")
    tell_unmarked(left, voice)
    if as_json:
        write_out(to_json(as_json) + b"\n", None)
        return
    print(marking_of(left).label)  # noqa: T201
    for text in sentences:
        print(plain(f"- {text}"))  # noqa: T201 - this is the data that was asked for
    others = ".md" if no_pdf else ".md, .pdf"
    print(plain(f"\nThe brief is in {output / 'brief.html'} (also {others}, STIX, MISP; all in {output}/)"))  # noqa: T201


def held_case(where: str) -> Case | None:
    """The case that is kept there already, if any."""
    from indicia.pipeline import is_store, load_case

    return load_case(where) if is_store(where) and ("://" not in where or _has_case(where)) else None


def _has_case(url: str) -> bool:
    from indicia.case import open_store

    with open_store(url) as store:
        return bool(store.runs())


def _kept(grow: Callable[[Case | None], Case], where: str, what: str, voice: Talk) -> tuple[Case | None, Case]:
    """The case as it was and as it is once it is kept; says what that changed."""
    from indicia.case import open_store
    from indicia.cli.history import counted

    now = datetime.now(UTC).isoformat(timespec="seconds")
    with open_store(where) as store:
        before, case, changes = store.merge(grow, author=account(), time=now, what=what)
    if changes.is_empty:
        voice.say(f"{where}: nothing changed")
    for word, told in counted(changes):
        voice.say(f"{where}: {word}: {told}")
    return before, case


def _count(delta: Delta, before: Case | None, voice: Talk) -> Count:
    """What became of the texts and logs that were given now, told. Raises: InputError where there is nothing to tell of."""
    voice.problems(delta.all_problems)
    read = [document.name for document in delta.documents]
    logs = [file.file for file in delta.hunt.files if file.events] if delta.hunt else []
    count = count_files([*read, *logs], delta.all_problems)
    voice.say(str(count), "dim" if count.is_whole else "yellow")
    if delta.is_empty and (before is None or not before.documents):
        raise InputError("none of the sources could be used, so there is no brief", hint="see the messages above")
    return count


def _code(case: Case, fail_on_hit: bool, count: Count) -> int:
    from indicia.records import HuntVerdict

    if fail_on_hit and case.hunt and case.hunt.verdict in {HuntVerdict.COMPROMISE, HuntVerdict.LIKELY, HuntVerdict.SIGNS}:
        return exits.E_FOUND
    if not count.is_whole:
        return exits.E_PARTIAL
    return exits.E_OK
