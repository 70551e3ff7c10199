"""`indicia watch`: new texts from folders, feeds and TAXII collections, read into a case, with a digest of what they change."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from indicia.account import account
from indicia.cli import exits
from indicia.cli.exchange import TokenFile, read_secret
from indicia.cli.options import Json, Output, Unmarked, Voice, read_marking
from indicia.cli.talk import Talk, plain, write_out
from indicia.errors import UsageError

if TYPE_CHECKING:
    from indicia.records import Case
    from indicia.watch import Digest
    from indicia.watch.rounds import Watch


def watch(
    case: Annotated[
        str, typer.Argument(help="The case file (or database URL) to add to; created if it does not exist.", show_default=False)
    ],
    sources: Annotated[
        list[str],
        typer.Argument(help="Folders, addresses of RSS or Atom feeds, TAXII 2.1 collections.", show_default=False),
    ],
    follow: Annotated[
        list[str] | None,
        typer.Option("--follow", help="A host from which to fetch articles that a feed links to. May be repeated."),
    ] = None,
    about: Annotated[
        list[str] | None, typer.Option("--about", help="Only feed entries with one of these words: hafnium,exchange.")
    ] = None,
    every: Annotated[int | None, typer.Option("--every", min=1, help="Look again every so many minutes, until Ctrl-C.")] = None,
    private: Annotated[bool, typer.Option("--private", help="Allow hosts in your own network, or this machine.")] = False,
    token_file: TokenFile = None,
    unmarked: Unmarked = None,
    as_json: Json = False,
    output: Output = None,
    *,
    voice: Voice,
) -> int:
    """Read new texts from folders, feeds and TAXII into a case, and sum up who joined in, denied it or changed their words.

    Only what you name is fetched: links in a feed are followed only to the hosts of --follow, and redirects never to another
    host.

    [bold]Examples[/]

      indicia watch affair.indicia statements/ https://news.example/rss.xml --about hafnium,exchange

      indicia watch affair.indicia https://news.example/rss.xml --follow news.example --every 30

      indicia watch affair.indicia https://taxii.example/api/collections/ID/ --token-file token.txt -o digest.txt
    """
    from indicia.cli.options import words
    from indicia.fetching import host_of, place_of
    from indicia.share.taxii_client import is_collection
    from indicia.watch.rounds import Watch

    secret = read_secret(token_file)
    if secret and sum(bool(host_of(source)) and is_collection(source) for source in sources) != 1:
        raise UsageError("--token-file is for one TAXII collection", hint="watch others in a separate run")
    hosts = frozenset(place_of(one) or one.lower() for one in follow or ())
    wanted = Watch(tuple(sources), hosts, words(about) if about else (), private, secret)
    while True:
        whole, found = _round(case, wanted, unmarked, voice)
        if found is not None:
            _tell(found, as_json, output)
        if every is None:
            return exits.E_OK if whole else exits.E_PARTIAL
        time.sleep(60 * every)


def _round(case: str, wanted: Watch, unmarked: str | None, voice: Talk) -> tuple[bool, Digest | None]:
    """One look: whether every source could be asked, and what changed. What was seen is kept with the texts, all or nothing: a
    run that is stopped in between reads them again."""
    from indicia.case import open_store
    from indicia.knowledge import load
    from indicia.pipeline import as_left, grown, read_new
    from indicia.watch import digest, look

    with open_store(case) as store:
        looked = look(wanted, store.seen)
        voice.problems(looked.problems)
        whole = not any(problem.severity == "failed" for problem in looked.problems)
        if not looked.texts:
            store.remember(looked.seen)
            voice.say("nothing new", "dim")
            return whole, None
        knowledge = load()
        with voice.progress() as progress:
            delta = read_new(looked.texts, knowledge=knowledge, unmarked=read_marking(unmarked), progress=progress)
        voice.problems(delta.problems)

        def grow(held: Case | None) -> Case:
            return grown(held, delta, knowledge, name=held.name if held else Path(case).stem)

        moment, what = datetime.now(UTC).isoformat(timespec="seconds"), "watch " + " ".join(wanted.sources)
        before, now, _ = store.merge(grow, author=account(), time=moment, what=what, seen=looked.seen)
    return whole, digest(as_left(before, knowledge) if before else None, as_left(now, knowledge))


def _tell(found: Digest, as_json: bool, output: Path | None) -> None:
    from indicia.records import to_json

    text = to_json(found) if as_json else plain("\n".join(found.told())).encode("utf-8")
    write_out(text + b"\n", output)
