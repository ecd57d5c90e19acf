"""A project file, opened: every page, command and script reads through here. Read-only, lazily cached, safe from several threads.

A project shows one version of one plan, `main` as it is unless asked otherwise. The file's tables show `main`; what another version or plan has
otherwise is derived of its state, and only that. A project never changes: `refreshed` gives that of the newest version, `of` that of another plan.
"""

from __future__ import annotations

import json
from pathlib import Path
from types import TracebackType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely.geometry.base import BaseGeometry

from geogrid.barriers import BARRIERS, barrier_lines
from geogrid.findings import to_frame
from geogrid.plan import NO_UNIT, UNIT_COLUMNS, Base, Plan
from geogrid.rules import find_plan
from geogrid.sites import join
from geogrid.store.history import History
from geogrid.store.locate import Locator
from geogrid.store.reader import Reader
from geogrid.store.records import Entry
from geogrid.store.schema import FORMAT, quoted
from geogrid.store.shown import MAIN_PLAN, Shown, complete_units
from geogrid.store.snapshot import MAIN
from geogrid.store.summary import summarise
from geogrid.store.views import patched_findings


def open_project(
    path: str | Path, *, plan: str = MAIN_PLAN, at: int | str | None = None, is_whole: bool = False, history: History | None = None
) -> Project:
    """Open a project file for reading, checked; raises StoreError that says what to do when it is missing, foreign, damaged or too new.

    `plan` and `at` (a version, or a day as ISO date) choose what it shows; raises NotFoundError for what is not there. `is_whole`: the caller has
    just written it, which checks every page, so that they need not be read again. `history`: that of a desk on the same file, to share its states.
    """
    reader = Reader(Path(path), is_whole=is_whole, history=history)
    try:
        return Project(reader, plan, at)
    except BaseException:
        reader.close()
        raise


class Project(Shown):
    """One plan of a project file at one version. Frames are in the working CRS `crs`; they are cached and shared: copy before you change one."""

    def __init__(self, reader: Reader, plan: str = MAIN_PLAN, at: int | str | None = None) -> None:
        super().__init__(reader, plan, at)
        self._is_open = True

    def __enter__(self) -> Project:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the project can not be read afterwards. The last project that shares the file closes it."""
        if self._is_open:
            self._is_open = False
            self._reader.close()

    def of(self, plan: str = MAIN_PLAN, at: int | str | None = None) -> Project:
        """Return another plan or version of the same file, which shares it; raises NotFoundError."""
        other = Project(self._reader, plan, at)
        self._reader.share()
        other._cache.update(self._kept())
        return other

    def refreshed(self) -> Project:
        """Return the project at the newest version of its plan, which shares all that is alike: itself where nothing was edited since.

        A project that was opened `at` a version stays. Close it as any other.
        """
        if not self.is_newest or self._reader.plan(self.plan_id) == (self.version, self.plan_state):
            return self
        other = self.of(self.plan_id)
        with self._lock:
            other._cache.update({key: former for key, former in self._cache.items() if key[0] == "former"})
            other._cache.update({("former", key[1]): (self.version, frame) for key, frame in self._cache.items() if key[0] == "units"})
        return other

    @property
    def is_older_format(self) -> bool:
        """Tell whether the file is of an earlier format, which opening it for writing would upgrade."""
        return self._reader.format < FORMAT

    def take_history(self, history: History) -> None:
        """Use the states of a desk that was opened on the same file after this project."""
        self._reader.history = history

    @property
    def stamp(self) -> str:
        """What tells this file, plan, version and state from any other, as a word for caches."""
        file = "-".join(f"{part:x}" for part in (*(self._reader.file or ()), *self._reader.delivery))
        return f"{file}-{self.plan_id}-{self.version}-{self.plan_state}"

    def is_replaced(self) -> bool:
        """Tell whether another file stands in the place of this one now, or none."""
        return self._reader.is_replaced()

    def is_delivered_anew(self) -> bool:
        """Tell whether points, people or overlays came since the project was opened: what it shows of them is no more so."""
        return self._reader.deliveries() != self._reader.delivery

    def log(self, since: int = 0, until: int | None = None) -> list[Entry]:
        """Return what was done to the plan after version `since`, up to `until` or this one, the oldest first."""
        return self._reader.log(self.plan_id, since, min(self.version, until or self.version))

    def is_retired(self, code: str) -> bool:
        """Tell whether a code was given to a unit once and is not in force."""
        state = self.state()
        return code not in state.ids and (code in state.issued or code in state.lineage)

    def successors(self, code: str) -> tuple[str, ...]:
        """Return the codes in force that came after a retired one; () for any other code, and where none came."""
        return self.state().successors(code)

    @property
    def district(self) -> BaseGeometry:
        """The noded parent of the plan: where its border was cut, what its cells cover."""
        return self.plan().base.district if self._may_be_cut() else self._table("district").geometry.iloc[0]

    def count_people(self) -> tuple[int, int]:
        """Count the households and persons of all atoms, in units or not, without reading an atom where that can be."""
        sums = "SELECT coalesce(sum(households), 0), coalesce(sum(persons), 0) FROM atom WHERE fid IN (SELECT atom FROM assign WHERE plan = ?)"
        version, (row,) = self._reader.at_main(lambda: self._reader.rows(sums, MAIN))
        if self._is_main(version):
            return row
        atoms = self.atoms()
        return int(atoms["households"].sum()), int(atoms["persons"].sum())

    @property
    def plan_name(self) -> tuple[str, int, str]:
        """Id, version and state of the plan, without reading it."""
        return self.plan_id, self.version, self.plan_state

    def cells(self) -> gpd.GeoDataFrame:
        """Return the cells in force, index `cell`, columns of `Base.cells`."""
        return self.plan().base.cells

    def atoms(self) -> pd.DataFrame:
        """Return the atoms in force, index `atom`, columns of `Base.atoms`, and `leaf`, the id of their unit or NO_UNIT."""
        return self._once(("atoms",), lambda: self.plan().base.atoms.assign(leaf=self.plan().leaf))

    def sites(self, role: str) -> gpd.GeoDataFrame:
        """Return points of a role with a column of unit codes per level and `outside_m`; raises NotFoundError."""
        self._check_known("site role", "点位", role, self.site_roles)
        return self._once(("sites", role), lambda: self._sites(role))

    def _sites(self, role: str) -> gpd.GeoDataFrame:
        frame, have = self._of_main(role)
        return frame if have is None else join(frame, self.plan())[frame.columns]

    def table(self, role: str) -> Any:
        """Return a table as `Facts.table` does; organisations that have a place with the codes of the units of this plan."""
        frame = super().table(role)
        return self._once(("placed", role), lambda: self._sites(role)) if isinstance(frame, gpd.GeoDataFrame) and len(frame) else frame

    def findings(self) -> gpd.GeoDataFrame:
        """Return what was found when the project was built and since, columns of `geogrid.findings.COLUMNS`."""
        return self._found().drop(columns="note")

    def count_findings(self, code: str) -> int:
        """Count the findings that name a unit."""
        named = json.dumps(code, ensure_ascii=False)
        version, ((count,),) = self._reader.at_main(lambda: self._reader.rows("SELECT count(*) FROM finding WHERE instr(units, ?)", named))
        return count if self._is_alike(version, code) else sum(code in codes for codes in self.findings()["units"])

    def count_sites(self, role: str, level: str, code: str) -> int:
        """Count the points of a role in a unit; 0 where the project has no such role."""
        if role not in self.site_roles:
            return 0
        query = f"SELECT count(*) FROM {quoted(role)} WHERE {quoted(role)}.{quoted(level)} = ?"
        version, ((count,),) = self._reader.at_main(lambda: self._reader.rows(query, code))
        return count if self._is_alike(version, code) else int((self.sites(role)[level] == code).sum())

    def _is_alike(self, version: int, code: str) -> bool:
        """Tell whether the units with a code are in a version of `main` what they are here: then so are their findings and points."""
        return self._is_main(version) or not set(self.state().ids.get(code, ())).intersection(self._differing(MAIN_PLAN, version))

    def plan(self) -> Plan:
        """Return the plan, rebuilt of cells, atoms and assignment."""
        return self._once(("plan",), self._rebuilt)

    def validate(self) -> gpd.GeoDataFrame:
        """Check every rule again on the plan as stored; the notes of the input come first. Returns findings."""
        given = {level: self.given(level) for level in self.given_levels}
        barriers = barrier_lines({role: self.layer(role) for role in BARRIERS if role in self.layers}, self.scheme)
        buildings = self.layer("buildings") if "buildings" in self.layers else None
        found = find_plan(self.plan(), given=given, barriers=barriers, buildings=buildings, edited=self._edited() if given else {})
        found = to_frame(found, self.crs, self.scheme.severity)
        notes = self._found()
        notes = notes[notes["note"].astype(bool)].drop(columns="note")
        parts = [part for part in (notes, found) if len(part)]
        return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), geometry="geometry", crs=self.crs) if parts else found

    def _edited(self) -> dict[str, set[str]]:
        """Return the codes, by level, of units that are otherwise than they were built."""
        out: dict[str, set[str]] = {}
        if self._reader.format == 1 or (self.plan_id == MAIN_PLAN and self.version == 1):
            return out
        for units in (self._state_of(MAIN_PLAN, 1).units, self.state().units):
            for unit in (units[i] for i in self._differing(MAIN_PLAN, 1) if i in units):
                out.setdefault(unit.level, set()).add(unit.code)
        return out

    def summary(self) -> dict[str, Any]:
        """Return the JSON of `geogrid build`: units, sites, rejected rows, findings, time and memory."""
        return self._once(("summary",), lambda: summarise(self))

    def locate(self, lon: float, lat: float, floor: int | None = None) -> dict[str, Any]:
        """Return the unit of every level at a place (degrees, WGS 84) and floor; see `geogrid.store.locate`."""
        return self.locator().locate(lon, lat, floor)

    def locator(self) -> Locator:
        """Return the index that answers `locate`, made once."""
        return self._once(("locator",), lambda: Locator(self.plan()))

    def _rebuilt(self) -> Plan:
        if self.plan_id != MAIN_PLAN:
            return self.state().to_plan()
        version, (rows, leaf) = self._reader.at_main(lambda: (self._reader.table("unit"), self._leaf()))
        if not self._is_main(version):
            return self.state().to_plan()
        units = complete_units(rows[rows["plan"] == MAIN].sort_values("id").set_index("id").rename_axis("unit").drop(columns="plan"))
        units = units.assign(parent=units["parent"].fillna(NO_UNIT).astype("int64"))[[*UNIT_COLUMNS]]
        return Plan(self._base(leaf.index), self.scheme, units, leaf.to_numpy(), *self.plan_name)

    def _base(self, in_force: pd.Index) -> Base:
        """Return the cells and atoms (their numbers) that the plan has."""
        cells, atoms = self._table("cell", "cell"), self._table("atom", "atom")
        if len(in_force) == len(atoms):
            return Base(cells, atoms, self._table("district").geometry.iloc[0], self.district_source)
        atoms = atoms.loc[in_force]
        cells = cells.loc[np.unique(atoms["cell"])]
        return Base(cells, atoms, shapely.coverage_union_all(cells.geometry.to_numpy()), self.district_source)

    def _may_be_cut(self) -> bool:
        """Tell whether the plan may lack atoms that the file has, because cells were cut, here or in another plan."""
        count = "SELECT (SELECT count(*) FROM atom) = (SELECT count(*) FROM assign WHERE plan = ?)"
        version, ((is_whole,),) = self._reader.at_main(lambda: self._reader.rows(count, MAIN))
        return not (is_whole and self._is_main(version))

    def _leaf(self) -> pd.Series:
        """Return the unit id of each atom that `main` has, by its number, ascending."""
        rows = self._reader.rows("SELECT atom, coalesce(unit, ?) FROM assign WHERE plan = ? ORDER BY atom", NO_UNIT, MAIN)
        atom, unit = np.array(rows, dtype="int64").reshape(-1, 2).T
        return pd.Series(unit, index=atom)

    def _found(self) -> gpd.GeoDataFrame:
        """Return the findings with a column `note`: whether it is one of the input."""
        return self._once(("findings",), self._read_found)

    def _read_found(self) -> gpd.GeoDataFrame:
        found, have = self._of_main("finding")
        if "rows" not in found.columns:  # a project of an earlier version
            found = found.assign(width_m=np.nan, rows="[]")
        lists = {name: pd.Series([json.loads(text) for text in found[name]], index=found.index, dtype=object) for name in ("units", "rows")}
        found = found.assign(**lists)
        if have is None:
            return found
        return patched_findings(found, self._state_of(MAIN_PLAN, have), self.state(), self._differing(MAIN_PLAN, have))

    def _kept(self) -> dict[tuple[str, ...], Any]:
        """Return what is in the cache and is the same in every plan and version."""
        with self._lock:
            last = dict(self._reader.rows("SELECT 'cell', max(fid) FROM cell UNION ALL SELECT 'atom', max(fid) FROM atom"))
            tables = {key: value for key, value in self._cache.items() if key[0] == "table"}
            return {key: value for key, value in tables.items() if key[1] not in last or value.index[-1] == last[key[1]]}
