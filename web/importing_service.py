"""What the service does for imports: read again when something was chosen, build the draft, open it for the map, put it in the served one's place."""

from __future__ import annotations

import datetime
import gc
import threading
import time
from pathlib import Path
from typing import Any

from flask import current_app

from geogrid.errors import GeogridError, InputError, StoreError
from web.importing_jobs import Jobs, Tell
from web.importing_reading import Reader, digest_of, said
from web.importing_store import Imports, Place, State
from web.refusals import BusyError, EditsError, UnusableRowsError
from web.served import Served, Source

_TRIES = 8
_READING = {"what": "read", "stage": "", "share": 0.0, "done": [], "seconds": 0}
"""A reading that has just ended: who asks must ask again."""


def now() -> str:
    """Return the time as ISO text."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")


class Importing:
    """The imports beside the served project, and all work on them."""

    def __init__(self, source: Source, imports: Imports, jobs: Jobs | None = None, reader: Reader | None = None) -> None:
        self.source, self.imports = source, imports
        self.jobs, self.reader = jobs or Jobs(), reader or Reader()
        self._drafts: dict[str, Source] = {}
        self._lock = threading.Lock()

    # -- reading
    def look(self, place: Place) -> tuple[State, dict[str, Any], dict[str, Any] | None]:
        """Return what was chosen, what was read and what runs; reading begins in the background where files or choices have changed since.

        What runs is asked first: work that ends meanwhile is told as running once more, never as nothing with what was there before it.
        """
        busy = self.jobs.at(place.id)
        state, reading = self.imports.state(place), place.load("reading") or {}
        if reading.get("digest") != digest_of(place, state):
            self.jobs.start(place.id, "read", lambda tell: self._read(place, tell))
            busy = busy or self.jobs.at(place.id) or dict(_READING)
        return state, reading, busy

    def _read(self, place: Place, tell: Tell) -> None:
        """Read until nothing has changed meanwhile."""
        made: dict[str, Any] = {}
        while place.files.is_dir():
            state = self.imports.state(place)
            if made.get("digest") == digest_of(place, state):
                return
            try:
                made = self.reader.read(place, state, tell)
            except Exception as error:  # whatever it is, the page must say that it went wrong and go on
                current_app_log(error)
                made = {"digest": digest_of(place, state), "layers": [], "refused": [], "problem": _unforeseen(error)}
                place.save("reading", made)

    # -- building
    def build(self, place: Place, *, accept: bool) -> None:
        """Begin to build the draft. Raises InputError while rows can not be used and `accept` is False, BusyError while something else runs."""
        _state, reading, busy = self.look(place)
        if busy:
            raise BusyError("the files are still being read, or a draft is being built; wait for it", "文件还在读取，或正在生成草案，请稍候")
        if not reading.get("layers"):
            raise InputError("there is nothing to build yet: drop files first", "还没有可用的文件，请先放入文件")
        if reading["problem"]:
            raise InputError(reading["problem"]["message"], reading["problem"]["message_zh"])
        if reading["rejected"] and not accept:
            n = reading["rejected"]
            raise UnusableRowsError(f"{n} rows can not be used; mend them, or go on without them", f"有 {n} 行用不了；请改正，或放下这些行", value=n)
        self.imports.change(place, {"failed": None})
        if not self.jobs.start(place.id, "build", lambda tell: self._build(place, tell, accept=accept)):
            raise BusyError("something is already under way for this import", "这个导入正在处理中")

    def _build(self, place: Place, tell: Tell, *, accept: bool) -> None:
        from geogrid.pipeline.build import build

        beside = place.draft.with_name("next.gpkg")
        beside.unlink(missing_ok=True)
        digest = digest_of(place, self.imports.state(place))
        try:
            with build(place.recipe, beside, progress=tell, accept_rejects=accept, today=datetime.datetime.now(datetime.UTC).date()) as project:
                summary = project.summary()
            self._replace_draft(place, beside)
        except GeogridError as error:
            self.imports.change(place, {"failed": said(error)})
        except Exception as error:
            current_app_log(error)
            self.imports.change(place, {"failed": _unforeseen(error)})
        else:
            self.imports.change(place, {"built": {"digest": digest, "time": now(), "summary": summary}, "failed": None, "used": None})

    # -- the draft
    def draft(self, place: Place) -> Served:
        """Return the draft, opened. Raises StoreError where there is none."""
        with self._lock:
            if place.id not in self._drafts:
                self._drafts[place.id] = Source(place.draft, self.source.opener)
            source = self._drafts[place.id]
        return source.current()

    def _replace_draft(self, place: Place, made: Path) -> None:
        """Put a new draft in the place of the former one, which stays until then."""
        self.close_draft(place)
        for ending in ("-wal", "-shm"):
            place.draft.with_name(place.draft.name + ending).unlink(missing_ok=True)
        made.replace(place.draft)

    def close_draft(self, place: Place) -> None:
        """Let go of the draft's file."""
        with self._lock:
            self._drafts.pop(place.id, None)
        gc.collect()

    def use(self, place: Place, *, force: bool = False) -> None:
        """Put the draft in the place of the served project, of which a backup stays beside.

        Raises EditsError where edits would be lost and `force` is False, StoreError while somebody has the project open.
        """
        from geogrid.store.swap import put_in_place

        state = self.imports.state(place)
        if not is_current(place, state):
            raise InputError("there is no draft of what is chosen now: build it first", "还没有按现在的选择生成草案，请先生成")
        for patience in reversed(range(_TRIES)):
            with self.source.held():
                try:
                    put_in_place(place.draft, self.source.path, force=force)
                    break
                except StoreError as error:
                    if error.facts.get("loses"):
                        raise _kept(error) from None
                    if not patience:
                        raise
            time.sleep(0.5)  # a page that still draws the former project closes it when it is done
        self.imports.use(place, now())

    def delete(self, place: Place) -> None:
        """Call off what runs for an import and take it away. Raises BusyError where a stage of a build does not end soon."""
        if not self.jobs.drop(place.id):
            raise BusyError("a stage of the build must end first; try again in a minute", "生成还没有停下来，请过一会儿再删")
        self.close_draft(place)
        self.reader.forget(place)
        self.imports.delete(place)

    def end(self) -> bool:
        """Call everything off; True when nothing runs any more."""
        return self.jobs.end()


def is_current(place: Place, state: State) -> bool:
    """Tell whether the draft was built of what is chosen now."""
    return bool(state["built"]) and place.draft.is_file() and state["built"]["digest"] == digest_of(place, state)


def _kept(error: StoreError) -> EditsError:
    name, (why, why_zh) = Path(str(error.facts["file"])).name, error.facts["loses"]
    message = f"{name} {why}, which the draft does not have; it can take its place all the same, with a backup kept beside"
    return EditsError(message, f"{name} {why_zh}，草案里没有；仍要启用的话，会在旁边留一份备份", file=name)


def importing() -> Importing:
    """Return the imports of the running application."""
    return current_app.extensions["geogrid.importing"]


def install(app: Any, source: Source) -> None:
    """Give the application its imports; nothing is written before the first one."""
    limits = app.config
    imports = Imports(Path(source.path), now, most=limits["IMPORTS_MOST"], total_bytes=limits["IMPORTS_TOTAL_BYTES"])
    app.extensions["geogrid.importing"] = Importing(source, imports)


def current_app_log(error: Exception) -> None:
    """Note an error of the program's own; the job runs outside of any request."""
    import logging

    logging.getLogger("web.app").error("unforeseen error in an import", exc_info=error)


def _unforeseen(error: Exception) -> dict[str, Any]:
    name = type(error).__name__
    return {
        "message": f"an error of the program's own ({name}); the service's log has the details",
        "message_zh": f"程序内部出错（{name}），详情见运行日志",
        "field": "",
    }
