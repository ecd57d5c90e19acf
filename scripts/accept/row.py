"""One row: its sources simulated, its project built, and whatever users can ask of it, by the commands that they have. Nothing is asked twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio


class CommandError(Exception):
    """A command ended otherwise than it should."""


class Row:
    """A system's row in a folder of its own; `cpu_s` adds up what its commands took."""

    def __init__(self, system: str, folder: Path, *, scale: float = 1.0, seed: int = 0) -> None:
        self.system, self.folder, self.scale, self.seed = system, folder, scale, seed
        self.cpu_s, self._asked = 0.0, {}
        folder.mkdir(parents=True, exist_ok=True)

    @property
    def is_whole(self) -> bool:
        """Whether the row has its full size, of which its figures speak."""
        return self.scale == 1

    @property
    def project(self) -> Path:
        """The project file of the row, built at the first question."""
        return self.folder / f"{self.system}.gpkg"

    def run(self, *words: str | Path, codes: Sequence[int] = (0, 1)) -> str:
        """Run `geogrid WORDS` and return what it prints; raises CommandError for an exit code that is not among `codes`."""
        with (self.folder / "stderr.txt").open("w+", encoding="utf-8") as errors:
            command = [sys.executable, "-m", "geogrid", *map(str, words)]
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, text=True, encoding="utf-8")
            assert child.stdout is not None
            out = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            self.cpu_s += usage.ru_utime + usage.ru_stime
            if child.returncode not in codes:
                errors.seek(0)
                raise CommandError(f"geogrid {' '.join(map(str, words))}: exit {child.returncode}: {errors.read()[-500:].strip()}")
        return out

    def ask(self, command: str, *options: str | Path) -> Any:
        """Return the JSON of `geogrid COMMAND PROJECT OPTIONS`."""
        key = (command, *map(str, options))
        if key not in self._asked:
            self._asked[key] = json.loads(self.run(command, self.build and self.project, *options, "--json"))
        return self._asked[key]

    @cached_property
    def build(self) -> dict[str, Any]:
        """Simulate, build, and return the JSON of the build."""
        self.run("simulate", self.system, "--out", self.folder / "sources", "--scale", str(self.scale), "--seed", str(self.seed), codes=(0,))
        return json.loads(self.run("build", self.folder / "sources" / "recipe.toml", "--out", self.project, "--json"))

    @cached_property
    def findings(self) -> list[dict[str, Any]]:
        """Return the findings of `geogrid validate`."""
        return self.ask("validate")["findings"]

    def count_findings(self, *rules: str, severity: str = "") -> int:
        """Count the findings of these rules, or of all."""
        return sum((not rules or f["rule"] in rules) and severity in ("", f["severity"]) for f in self.findings)

    @property
    def levels(self) -> list[str]:
        """The levels of the project, from the top."""
        return list(self.build["levels"])

    def units(self, level: str) -> int:
        """Count the units of a level."""
        return int(self.build["levels"][level]["units"])

    def layer(self, level: str) -> gpd.GeoDataFrame:
        """Return a level, or a kind of points, as `geogrid export` writes it (GeoJSON, longitude and latitude)."""
        key = ("export", level)
        if key not in self._asked:
            path = self.folder / "exports" / f"{level}.geojson"
            path.parent.mkdir(exist_ok=True)
            self.run("export", self.build and self.project, "--level", level, "--out", path)
            self._asked[key] = pyogrio.read_dataframe(path)
        return self._asked[key]

    def declared(self, item: str) -> dict[str, Any]:
        """Return what `geogrid declared` says of the figure whose item contains a word; {} where nothing was declared of it."""
        return next((row for row in self.ask("declared")["rows"] if item in row["item"]), {})
