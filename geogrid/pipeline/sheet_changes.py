"""Gather the register of a change (网格划分登记表) from two states of a plan and the entry of its log between them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from geogrid.edit.diff import Diff, diff_states
from geogrid.errors import NotFoundError
from geogrid.maps.changed import changed
from geogrid.maps.changed_drawing import WIDTH, changed_svg
from geogrid.maps.views import source_line
from geogrid.maps.words import words
from geogrid.sheets.values import About, Change
from geogrid.sheets.words import CHANGES

if TYPE_CHECKING:
    from geogrid.edit.state import State
    from geogrid.scheme import Level
    from geogrid.store import Project
    from geogrid.store.records import Entry

_HIGH = {0: 920, 15: 780, 30: 640}
"""Height of the drawings, tenths of a millimetre, of a table with more units than so many."""
_FIRST = '<svg class="drawing"'
_CODES = 40
_MAIN = {True: ("现行方案", "plan in force"), False: ("主方案", "main plan")}


class ChangeForms:
    """The registers of one project's plan, in a language."""

    def __init__(self, project: Project, lang: str) -> None:
        self.project, self.lang = project, lang
        self._zh = lang != "en"
        self._state = lru_cache(maxsize=3)(self._read)

    def of(self, versions: Sequence[int], codes: Collection[str] = ()) -> Iterator[Change]:
        """Yield the registers of some versions, else of all edits of the plan; with codes those that touched one of these units or what lies in it.

        Raises NotFoundError for a version that is no edit, and for a code that never was.
        """
        entries = {entry.version: entry for entry in self.project.log()}
        for version in versions:
            if version not in entries:
                raise self._unknown(version, list(entries))
        for code in codes:
            if not (self.project.find_level(code) or self.project.is_retired(code)):
                raise NotFoundError(f"no unit with the code {code[:60]!r}", f"没有编码为“{code[:60]}”的单元", value=code)
        for version in dict.fromkeys(versions) if versions else entries:
            if not codes or self._touches(entries[version], set(codes)):
                yield self.form(self._state(version - 1), self._state(version), entries[version])

    def form(self, a: State, b: State, entry: Entry) -> Change:
        """Return the register of an entry that led from one state to the next, told on the level where land moved."""
        diffs = [diff for level in b.scheme.levels if (diff := diff_states(a, b, level.id))]
        told = next((diff for diff in diffs if len(diff.pieces)), diffs[0] if diffs else diff_states(a, b, b.scheme.levels[-1].id))
        level = b.scheme.level(told.level)
        high = next(high for n, high in reversed(_HIGH.items()) if len(told.units) >= n)
        heads, rows = self._table(told, level, b)
        return Change(
            number=f"{b.plan}-{entry.version}",
            title="网格划分登记表" if self._zh else "Register of a change of grids",
            facts=self._facts(b, entry),
            pictures=self._pictures(told, a, b, high) if told else (),
            changing=f"有变化的{level.name.zh}" if self._zh else f"units that change ({level.name.en})",
            said=self._said(told, level),
            heads=heads,
            rows=rows,
            below=self._below(diffs, entry),
            about=self._about(b),
        )

    def _facts(self, b: State, entry: Entry) -> tuple[tuple[str, str], ...]:
        zh = self._zh
        kind = CHANGES.get(entry.kind, (entry.kind, entry.kind))[0 if zh else 1]
        kind += (f"（第 {entry.undoes} 版）" if zh else f" of version {entry.undoes}") if entry.undoes else ""
        since = f"{entry.valid_from} 起生效" if zh else f"in force from {entry.valid_from}"
        plan = _MAIN[b.state == "adopted"][0 if zh else 1] if b.plan == "main" else (f"草案 {b.plan}" if zh else f"draft {b.plan}")
        made = " ".join((entry.author or "–", entry.time[:16].replace("T", " ")))
        return (
            ("地区" if zh else "District", self.project.name),
            ("编号" if zh else "Number", f"{b.plan}-{entry.version}"),
            ("方案" if zh else "Plan", plan),
            ("依据版本" if zh else "Based on version", str(entry.version - 1)),
            ("调整" if zh else "Change", ("，" if zh else ", ").join([kind, *([since] if entry.valid_from else [])])),
            ("制作人、时间" if zh else "Made by, at", made),
        )

    def _said(self, diff: Diff, level: Level) -> str:
        zh, name = self._zh, level.name.say(self.lang)
        if not diff:
            return "各级单元均无变化。" if zh else "No unit of any level differs."
        pieces, units, doors = len(diff.pieces), len(diff.units), int(diff.pieces["doors"].sum())
        said = [f"{units:,} 个{name}有变化" if zh else f"units changed ({name}): {units:,}"]
        if pieces:
            moved = [f"划转 {pieces:,} 片土地", f"{doors:,} 个单元门或住宅", f"{diff.households:,} 户换了{name}"]
            said = [*(moved if zh else [f"land moved: {pieces:,}", f"stairwells or houses: {doors:,}", f"households: {diff.households:,}"]), *said]
        return ("，" if zh else ", ").join(said)

    def _table(self, diff: Diff, level: Level, b: State) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
        zh, levels = self._zh, b.scheme.levels
        lower = next(iter(levels[b.scheme.depth(level.id) + 1 :]), None)
        least, most = level.households or ("", "")
        bounds = ([f"户数界限 {least}–{most}" if zh else f"bounds {least}–{most}"]) if level.households else []
        heads = [level.name.say(self.lang), "编码" if zh else "code", "户数" if zh else "households", *bounds]
        heads += [lower.name.say(self.lang)] if lower else []
        rows = []
        for row in diff.units.itertuples():
            what = self._named(row, level)
            cells = [what, row.code_after or row.code_before, _arrow(row.households_before, row.households_after)]
            status = str(row.status_after or "")
            cells += [words(self.lang).get(status, "")] if bounds else []
            cells += [_arrow(row.children_before, row.children_after)] if lower else []
            rows.append(tuple(cells))
        return tuple(heads), tuple(rows)

    def _named(self, row: Any, level: Level) -> str:
        code, name, parent = (getattr(row, f"{key}_{'after' if row.code_after else 'before'}") for key in ("code", "name", "parent"))
        short = code[len(parent) :].lstrip("-_. /") if parent and code.startswith(parent) else code
        label = name or f"{level.name.say(self.lang)} {short}"
        said = {
            "new": ("新设", "new"),
            "retired": ("撤销", "retired"),
            "code": (f"原编码 {row.code_before}", f"code was {row.code_before}"),
            "name": (f"原名 {row.name_before or '–'}", f"name was {row.name_before or '–'}"),
            "parent": (f"原属 {row.parent_before or '–'}", f"was part of {row.parent_before or '–'}"),
            "kind": ("改类型", "another kind"),
        }
        notes = [said[word][0 if self._zh else 1] for word in row.change.split() if word in said]
        return label + ((f"（{'，'.join(notes)}）" if self._zh else f" ({', '.join(notes)})") if notes else "")

    def _below(self, diffs: Sequence[Diff], entry: Entry) -> tuple[tuple[str, str], ...]:
        reason = entry.reason or str(entry.edit.get("reason") or "") or "–"
        pairs = [(row.code_before, row.code_after) for diff in diffs for row in diff.units.itertuples()]
        retired = [before for before, after in pairs if before and before != after]
        issued = [after for before, after in pairs if after and before != after]
        words_of = (("撤销编码", "Codes retired", retired), ("启用编码", "Codes issued", issued))
        listed = [(zh if self._zh else en, self._codes(codes)) for zh, en, codes in words_of if codes]
        return (("理由" if self._zh else "Reason", reason), *listed)

    def _codes(self, codes: Sequence[str]) -> str:
        more = len(codes) - _CODES
        rest = (f" 等 {len(codes):,} 个" if self._zh else f" and {more:,} more") if more > 0 else ""
        return ("、" if self._zh else ", ").join(codes[:_CODES]) + rest

    def _pictures(self, diff: Diff, a: State, b: State, high: int) -> tuple[tuple[str, str], ...]:
        what, layers = changed(diff.level, diff.units, diff.pieces), self._layers
        titles = {"before": "调整前" if self._zh else "Before the change", "after": "调整后" if self._zh else "After the change"}
        found = []
        for (side, title), state in zip(titles.items(), (a, b), strict=True):
            svg = changed_svg(state.to_plan(), what, side=side, layers=layers, height=high, lang=self.lang, title=title)
            found.append((title, _alone(str(svg), high)))
        return tuple(found)

    def _about(self, b: State) -> About:
        meta, zh = self.project.meta, self._zh
        parts = [part for part in source_line(self.project, self.lang) if part != str(meta.get("date") or "")]
        simulated = ("模拟数据" if zh else "simulated") if meta.get("simulated") else ""
        draft = ("草案，尚未公布" if zh else "draft, not adopted") if b.state != "adopted" else ""
        return About(" ・ ".join(parts), str(meta.get("date") or ""), simulated, draft)

    @property
    def _layers(self) -> dict[str, Any]:
        return {name: self.project.layer(name) for name in self.project.layers}

    def _read(self, version: int) -> State:
        with self.project.of(self.project.plan_id, version) as there:
            return there.state()

    def _touches(self, entry: Entry, codes: set[str]) -> bool:
        """Tell whether an entry touched one of some units, or a unit that lay or lies in one of them."""
        if codes & set(entry.units):
            return True
        for state in (self._state(entry.version - 1), self._state(entry.version)):
            for unit in entry.unit_ids:
                while unit in state.units:
                    if state.units[unit].code in codes:
                        return True
                    unit = state.units[unit].parent
        return False

    def _unknown(self, version: int, known: Sequence[int]) -> NotFoundError:
        there = f"{known[0]} … {known[-1]}" if known else ""
        plan = self.project.plan_id
        en = f"plan {plan} has no change {version}" + (f"; there are {there}" if there else "; nothing was edited")
        zh = f"方案 {plan} 没有第 {version} 版的调整" + (f"；现有 {there}" if there else "；尚无任何调整")
        return NotFoundError(en, zh, value=version)


def _arrow(before: float, after: float) -> str:
    """Say a figure on both sides.

    >>> _arrow(1200.0, 1190.0), _arrow(float("nan"), 3.0)
    ('1,200 → 1,190', '– → 3')
    """
    return " → ".join("–" if pd.isna(value) else f"{int(value):,}" for value in (before, after))


def _alone(svg: str, high: int) -> str:
    """Return a drawing of a page as one that stands by itself: it says what it is, how large, and what type it is set in."""
    own = f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{high}" font-family="Noto Sans SC"'
    return re.sub(re.escape(_FIRST), own, svg, count=1)
