"""Imports on disk, in `<project>.imports/<id>/` beside the project: the files, the recipe, the draft and what was chosen, until used or deleted.

    files/ what was dropped and recipe.toml     state.json what was chosen     reading.json what was read     project.gpkg the draft

Every file appears whole or not at all; the served project is never touched from here.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geogrid.errors import InputError, NotFoundError
from web.importing_files import size_of

State = dict[str, Any]
_ID = re.compile(r"[A-Za-z0-9_-]{22}")
START: State = {
    "name": "",
    "scheme": "",
    "created": "",
    "changed": "",
    "layers": {},
    "bounds": {},
    "built": None,
    "used": None,
    "failed": None,
}


@dataclass(frozen=True)
class Place:
    """One import: its id and its folder."""

    id: str
    folder: Path

    @property
    def files(self) -> Path:
        """The folder of what was dropped."""
        return self.folder / "files"

    @property
    def recipe(self) -> Path:
        """The recipe of the import, beside the files, so that it names them as whoever downloads it has them."""
        return self.files / "recipe.toml"

    @property
    def draft(self) -> Path:
        """The project that was built, if it was."""
        return self.folder / "project.gpkg"

    def load(self, name: str) -> Any:
        """Return a JSON document of the import, None where there is none or it can not be read."""
        try:
            return json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None

    def save(self, name: str, value: Any) -> None:
        """Write a JSON document, whole or not at all."""
        write_whole(self.folder / f"{name}.json", json.dumps(value, ensure_ascii=False, allow_nan=False).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write beside, then rename."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


class Imports:
    """All imports beside one project; safe from several threads. `now` tells the time as ISO text."""

    def __init__(self, project: Path, now: Callable[[], str], *, most: int = 20, total_bytes: int = 8 << 30) -> None:
        self.folder = project.absolute().with_name(project.stem + ".imports")
        self._now, self._most, self._total_bytes = now, most, total_bytes
        self._lock = threading.RLock()

    def create(self) -> Place:
        """Make a new, empty import. Raises InputError when there are too many."""
        with self._lock:
            if len(self.all()) >= self._most:
                message = f"there are {self._most} imports already; delete one that is not needed"
                raise InputError(message, f"已有 {self._most} 个导入，请先删去不用的", value=self._most)
            name = secrets.token_urlsafe(16)
            place = Place(name, self.folder / name)
            place.files.mkdir(parents=True)
            with suppress(OSError):
                self.folder.chmod(0o700)
            place.save("state", {**START, "created": self._now(), "changed": self._now()})
            return place

    def find(self, import_id: str) -> Place:
        """Return an import by id. Raises NotFoundError."""
        place = Place(import_id, self.folder / import_id)
        if not _ID.fullmatch(import_id) or not (place.folder / "state.json").is_file():
            raise NotFoundError("there is no such import; it may have been deleted", "没有这个导入，可能已删除", value=import_id[:40])
        return place

    def all(self) -> list[Place]:
        """Return every import, the one changed last first."""
        if not self.folder.is_dir():
            return []
        found = [Place(p.name, p) for p in self.folder.iterdir() if _ID.fullmatch(p.name) and (p / "state.json").is_file()]
        return sorted(found, key=lambda place: (self.state(place)["changed"], place.id), reverse=True)

    def state(self, place: Place) -> State:
        """Return what was chosen so far."""
        return {**START, **(place.load("state") or {})}

    def change(self, place: Place, changes: Mapping[str, Any]) -> State:
        """Note changes and return the new state; the draft stays as it is. Nothing is written for an import that was deleted meanwhile."""
        with self._lock:
            state = {**self.state(place), **changes, "changed": self._now()}
            if place.folder.is_dir():
                place.save("state", state)
            return state

    def use(self, place: Place, time: str) -> None:
        """Note that the draft of an import is the project in use; those of the others are that no more."""
        with self._lock:
            for other in self.all():
                if other.id != place.id and self.state(other)["used"]:
                    other.save("state", {**self.state(other), "used": None})
            self.change(place, {"used": time})

    def delete(self, place: Place) -> None:
        """Take an import away, first out of sight and then from the disk."""
        with self._lock:
            gone = place.folder.with_name(f".{place.id}.gone")
            with suppress(OSError):
                place.folder.replace(gone)
            shutil.rmtree(gone, ignore_errors=True)
            shutil.rmtree(place.folder, ignore_errors=True)
            with suppress(OSError):
                self.folder.rmdir()

    def room(self) -> int:
        """Return how many bytes may still come in."""
        free = shutil.disk_usage(self.folder.parent).free // 2
        return max(0, min(self._total_bytes - size_of(self.folder), free)) if self.folder.is_dir() else min(self._total_bytes, free)

    def tidy(self) -> None:
        """Take away what an end in the middle left: half-written files and half-deleted imports."""
        if not self.folder.is_dir():
            return
        for path in self.folder.glob(".*.gone"):
            shutil.rmtree(path, ignore_errors=True)
        for place in self.all():
            for path in place.folder.glob(".*"):
                with suppress(OSError):
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
