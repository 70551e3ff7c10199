"""The cases of a folder as anybody may see them: each is laid down anew, without what is marked above an audience and without
anything that our own logs told, in a file of its own. Pages over these files cannot show what is not in them."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path, PurePath

import msgspec

from indicia.case import Store
from indicia.errors import StoreError
from indicia.knowledge import load
from indicia.pipeline import for_audience
from indicia.records import Case, Tlp, to_json
from indicia.share.redact import as_marked
from indicia.web.cases.shelf import SUFFIX, Shelf


def opened(case: Case, audience: Tlp) -> Case:
    """What anybody cleared for `audience` may see of a case, as people left it; of files, their names without our folders."""
    seen = for_audience(case, audience, load(), public=True)
    documents = tuple(msgspec.structs.replace(one, name=PurePath(one.name).name) for one in seen.documents)
    return as_marked(msgspec.structs.replace(seen, documents=documents, problems=()))


class OpenShelf(Shelf):
    """Reads from another shelf and writes nothing to it. A case of which nothing may be seen is not there."""

    def __init__(self, inner: Shelf, audience: Tlp) -> None:
        super().__init__(Path(tempfile.mkdtemp(prefix="indicia-open-")))
        self.inner, self.audience = inner, audience
        self._made: dict[str, tuple[int, str | None]] = {}  # inner slug -> (run, slug here, None where nothing may be seen)
        self._laid: dict[str, str] = {}  # slug here -> a digest of what was laid down
        self._making = threading.Lock()

    def slugs(self) -> list[str]:
        return sorted(slug for one in self.inner.slugs() if (slug := self._slug(one)) is not None)

    def store(self, slug: str, *, make: bool = False) -> Store:
        if make or slug not in self.slugs():
            raise KeyError(slug)
        return self._store(slug)

    def close(self) -> None:
        super().close()
        self.inner.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _slug(self, inner: str) -> str | None:
        """Lays a case down as it may be seen now, unless it was since its last change, and gives its name in addresses."""
        try:
            store = self.inner.store(inner)
            run = store.last_run()
            with self._making:
                if self._made.get(inner, (-1, None))[0] != run:
                    self._made[inner] = (run, self._lay(inner, store) if run else None)
        except (KeyError, StoreError):
            return None
        return self._made[inner][1]

    def _lay(self, inner: str, store: Store) -> str | None:
        whole = store.load(sightings=False)  # none of them is shown
        case = opened(whole, self.audience)
        if not case.documents:
            return None
        slug = inner if case.name == whole.name else _unnamed(case)
        with self._lock:
            if (before := self._made.get(inner)) and before[1] is not None and before[1] != slug:
                (self.folder / f"{before[1]}{SUFFIX}").unlink(missing_ok=True)
                self._laid.pop(before[1], None)
            digest = hashlib.sha256(to_json(case)).hexdigest()
            if self._laid.get(slug) != digest:  # else not even a time may tell that something changed in what is left out
                time = datetime.now(UTC).isoformat(timespec="seconds")
                what = f"as {self.audience.label} may see it"
                self._store(slug).merge(lambda _: case, author="indicia", time=time, what=what)
                self._laid[slug] = digest
        return slug


def _unnamed(case: Case) -> str:
    """An address for a case whose name may not be told, made of nothing but what may be seen."""
    return f"extract-{hashlib.sha256(case.documents[0].sha256.encode()).hexdigest()[:12]}"
