"""`indicia pull` and `indicia push`: what a TAXII server offers, as one STIX bundle, and a case to a TAXII server."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer
from typer import Argument, Option

from indicia.account import account
from indicia.cli import exits
from indicia.cli.options import Json, Output, Told, Unmarked, Voice, markings, read_marking
from indicia.cli.results import counting_as, tell_judgements
from indicia.cli.talk import Talk, plain, write_out
from indicia.errors import InputError, UsageError
from indicia.walking import text_of
from indicia.writing import write_atomically

if TYPE_CHECKING:
    from indicia.records import Case, Tlp
    from indicia.share.stix.versions import Offered
    from indicia.watch import Digest, Watch

# `indicia pull`: what a TAXII server offers, as one STIX bundle.
TokenFile = Annotated[
    str | None, typer.Option("--token-file", help="A file with the token, or user:password; - reads it from stdin.")
]

Private = Annotated[bool, typer.Option("--private", help="Allow a host in your own network, or this machine.")]


def pull(
    url: str = Argument(..., help="A collection: https://HOST/ROOT/collections/ID/", show_default=False),
    token_file: TokenFile = None,
    added_after: str | None = Option(None, help="Only what was added later than this, such as 2026-11-24T00:00:00Z."),
    update: bool = Option(False, "--update", help="Only what is new since -o FILE was pulled, added to that file."),
    private: Private = False,
    output: Output = None,
    *,
    voice: Voice,
) -> int:
    """All objects of a TAXII 2.1 collection as one STIX bundle, ready for `indicia brief` or `indicia merge`.

    [bold]Examples[/]

      indicia pull https://taxii.example/api/collections/ID/ --token-file token.txt -o theirs.stix.json

      indicia pull https://taxii.example/api/collections/ID/ --update -o theirs.stix.json   [dim]again, what is new[/]
    """
    import orjson

    from indicia.share.stix.ids import object_id
    from indicia.share.taxii_client import joined
    from indicia.share.taxii_client import pull as pull_objects

    if update and (output is None or str(output) == "-" or added_after):
        raise UsageError("--update takes a file to update, and no --added-after", hint="indicia pull URL --update -o FILE")
    if added_after is not None and not _is_moment(added_after):
        raise UsageError(f"{added_after!r} is not a time", hint="with date, time and zone: 2026-11-24T00:00:00Z")
    held: list[dict[str, object]] = []
    if update and output is not None and Path(output).exists():
        held, added_after = _held(Path(output), url)
    pulled = pull_objects(url, read_secret(token_file), added_after=added_after, private=private)
    objects = joined(held, pulled.objects)
    id = object_id("bundle", *(f"{item.get('id')}{item.get('modified', '')}" for item in objects))
    write_out(orjson.dumps({"type": "bundle", "id": id, "objects": objects}, option=orjson.OPT_INDENT_2), output)
    if output is not None and str(output) != "-":
        write_atomically(_beside(Path(output)), orjson.dumps({"url": url, "added_last": pulled.last}))
    voice.say(f"{len(pulled.objects)} objects" + (f", {len(objects)} in all" if held else ""), "dim")
    return exits.E_OK


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _beside(file: Path) -> Path:
    """Where it stands how far a file was pulled."""
    return file.with_name(f"{file.name}.pulled")


def _held(file: Path, url: str) -> tuple[list[dict[str, object]], str | None]:
    """The objects in a file that was pulled from `url`, and when the last was added. Raises: InputError, UsageError."""
    import orjson

    try:
        mark = orjson.loads(_beside(file).read_bytes())
        objects = orjson.loads(file.read_bytes())["objects"]
        if mark["url"] != url:
            raise UsageError(f"{file} was pulled from {mark['url']}", hint="give another file with -o")
        return [item for item in objects if isinstance(item, dict)], mark["added_last"] or None
    except (OSError, orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise InputError(
            "there is no record of how far this was pulled", where=str(file), hint="pull all of it again, without --update"
        ) from error


def read_secret(where: str | None) -> str | None:
    """What stands in the token file, or None without one. Raises: InputError."""
    if where is None:
        return None
    try:
        text = sys.stdin.readline() if where == "-" else text_of(Path(where))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        raise InputError(f"the token cannot be read: {reason}", where=where) from error
    if not text.strip():
        raise InputError("holds no token", where=where)
    return text.strip()


# `indicia push`: a case to a TAXII server.
def push(
    case: str = Argument(..., help="A case file, or the folder of a brief.", show_default=False),
    url: str = Argument(..., help="A collection: https://HOST/ROOT/collections/ID/", show_default=False),
    audience: str = Option(
        "clear", "--for", help="What its readers are cleared for; the rest is left out.", autocompletion=markings
    ),
    told: Told = True,
    unmarked: Unmarked = None,
    token_file: TokenFile = None,
    everything: bool = Option(
        False, "--all", help="Also send what this server already has, not only what is new or has changed."
    ),
    definitions: bool = Option(
        True,
        "--definitions/--no-definitions",
        help="Leave out the definitions of our extensions: medallion 3.0.0 cannot read a collection that has them.",
    ),
    private: Private = False,
    *,
    voice: Voice,
) -> int:
    """Send the case to a TAXII 2.1 collection; without --for only what is TLP:CLEAR. Names of machines and
    people and log lines are never sent.

    [bold]Examples[/]

      indicia push affair.indicia https://taxii.example/api/collections/ID/ --for green --token-file token.txt
    """
    from indicia.knowledge import load
    from indicia.pipeline import for_audience, opened_case
    from indicia.records import Tlp
    from indicia.share.stix import bundle_objects
    from indicia.share.stix.versions import versioned
    from indicia.share.taxii_client import push as push_objects
    from indicia.view.wording import left_out

    knowledge, cleared = load(), read_marking(audience) or Tlp.CLEAR
    sent = Sent(case, url, cleared)
    now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    with opened_case(case) as whole:
        held = counting_as(whole, unmarked)
        seen = for_audience(held, cleared, knowledge, told=told)
        tell_judgements(held, cleared, voice)
        for sentence in left_out(seen):
            voice.say(sentence)
        objects, offered = versioned(bundle_objects(seen, knowledge), sent.held, now)
    if not definitions:
        objects = [item for item in objects if item["type"] != "extension-definition"]
    new = [item for item in objects if everything or sent.held.get(item["id"]) != offered[item["id"]]]
    statuses = push_objects(url, new, read_secret(token_file), private=private) if new else []
    refused = {failure.get("id") for status in statuses for failure in status.get("failures", [])}
    sent.keep({item["id"]: offered[item["id"]] for item in new if item["id"] not in refused})
    kept = sum(int(status.get("success_count", 0)) for status in statuses)
    failed = sum(int(status.get("failure_count", 0)) for status in statuses)
    pending = sum(int(status.get("pending_count", 0)) for status in statuses)
    known = f", {len(objects) - len(new)} sent before" if len(objects) > len(new) else ""
    voice.say(f"{kept} objects taken, {failed} refused, {pending} pending{known}")
    for status in statuses:
        for failure in status.get("failures", [])[:5]:
            voice.say(f"refused: {failure.get('id')}: {failure.get('message')}", "yellow")
    return exits.E_PARTIAL if failed else exits.E_OK


class Sent:
    """What a case in a store was sent of before, by the address it was sent to; nothing is kept of a case in another file."""

    def __init__(self, case: str, url: str, audience: Tlp) -> None:
        from indicia.case import open_store
        from indicia.pipeline import is_store
        from indicia.share.stix.versions import Offered

        self._case = case if is_store(case) else None
        self._to = f"push {audience.value} {url}"
        self.held: dict[str, Offered] = {}
        if self._case is not None:
            with open_store(self._case) as store:
                self.held = {id: msgspec.convert(row, Offered) for id, row in store.offered(self._to).items()}

    def keep(self, rows: Mapping[str, Offered]) -> None:
        """Remembers what the server has taken."""
        from indicia.case import open_store

        if self._case is not None and rows:
            with open_store(self._case) as store:
                store.offer(self._to, lambda held: {id: msgspec.to_builtins(row) for id, row in rows.items()})


# `indicia watch`: new texts from folders, feeds and TAXII collections, read into a case, with a digest of what they change.
def watch(
    case: str = Argument(
        ..., help="The case file (or database URL) to add to; created if it does not exist.", show_default=False
    ),
    sources: list[str] = Argument(
        ..., help="Folders, addresses of RSS or Atom feeds, TAXII 2.1 collections.", show_default=False
    ),
    follow: list[str] | None = Option(None, help="A host from which to fetch articles that a feed links to. May be repeated."),
    about: list[str] | None = Option(None, help="Only feed entries with one of these words: hafnium,exchange."),
    every: int | None = Option(None, min=1, help="Look again every so many minutes, until Ctrl-C."),
    private: bool = Option(False, "--private", help="Allow hosts in your own network, or this machine."),
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
    from indicia.watch import Watch

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
