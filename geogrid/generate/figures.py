"""Outcomes of a what-if in words and numbers, the same for the command line and for pages; and the place that shows their difference best."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from geogrid.catalogue import REASON_TITLES
from geogrid.errors import NotFoundError
from geogrid.generate.whatif import Outcome
from geogrid.plan import Plan
from geogrid.rules import status
from geogrid.scheme_values import place_level

Figure = tuple[str, str, bool]
"""What, its value in words, and whether it is the best of all outcomes."""

_ROWS: tuple[tuple[str, str, Callable[[Outcome], float], Callable[[float], str], int], ...] = (
    ("单元", "units", lambda o: o.units, lambda v: f"{v:,.0f}", 0),
    ("其中专属", "of these dedicated", lambda o: o.dedicated, lambda v: f"{v:,.0f}", 0),
    ("平均户数", "households a unit", lambda o: o.households_mean, lambda v: f"{v:,.1f}", 0),
    ("在界内", "in range", lambda o: o.in_bounds_share, lambda v: f"{100 * v:.2f} %", 1),
    ("例外", "exceptions", lambda o: o.exceptions, lambda v: f"{v:,.0f}", -1),
    ("被拆分的单元门", "entrances split", lambda o: o.entrances_split, lambda v: f"{v:,.0f}", -1),
    ("紧凑度", "compactness", lambda o: o.compactness, lambda v: f"{v:.3f}", 1),
    ("距单元中心（米）", "metres to the middle", lambda o: o.spread_m, lambda v: f"{v:.1f}", -1),
    ("所需网格员", "officers needed", lambda o: o.officers, lambda v: f"{v:,.0f}", 0),
)


def figures(outcome: Outcome, among: Sequence[Outcome], lang: str) -> list[Figure]:
    """Return the rows of one outcome among several: the same for each, with one for each reason that any of them has."""
    out: list[Figure] = []
    for zh, en, value, say, better in _ROWS:
        all_values = {value(each) * better for each in among}
        best = len(all_values) > 1 and value(outcome) * better == max(all_values)
        out.append((zh if lang == "zh" else en, say(value(outcome)), best))
        if en == "exceptions":
            out += [(_reason(reason, lang), f"{outcome.reasons.get(reason, 0):,}", False) for reason in _reasons(among)]
    return out


def _reasons(among: Sequence[Outcome]) -> list[str]:
    total: dict[str, int] = {}
    for outcome in among:
        for reason, n in outcome.reasons.items():
            total[reason] = total.get(reason, 0) + n
    return sorted(total, key=lambda reason: (-total[reason], reason))


def _reason(reason: str, lang: str) -> str:
    text = REASON_TITLES.get(reason, {}).get(lang, reason.replace("_", " "))
    return ("· " if lang == "zh" else "- ") + text


def place_to_show(outcomes: Sequence[Outcome], code: str = "") -> tuple[str, str]:
    """Return (level, code) of the unit that maps of the outcomes show: the one asked for, else where most units are out of bounds.

    It is a community where the scheme has them above the level, else a unit two levels above it or the highest. Raises NotFoundError.
    """
    plan, lowest = outcomes[0].plan, outcomes[0].level
    above = [level.id for level in plan.scheme.levels[: plan.scheme.depth(lowest)]]
    if code:
        found = next((level for level in reversed([*above, lowest]) if code in plan.frame(level).index), None)
        if found is None:
            raise NotFoundError(f"no unit with the code {code!r} above level {lowest}", f"在 {lowest} 之上没有编码为 {code!r} 的单元", value=code)
        return found, code
    if not above:
        frame = plan.frame(lowest)
        return lowest, str(frame.index[int(np.argmax(frame["households"]))])
    level = place_level(above)
    codes = plan.frame(level).index
    row = {code: i for i, code in reversed(list(enumerate(codes)))}  # a given code may occur twice, which is a finding elsewhere
    count = np.zeros(len(codes))
    for outcome in outcomes:
        frame = outcome.plan.frame(lowest)
        bad = np.isin(status(outcome.plan, lowest).to_numpy(), ("above", "below"))
        at = [row[code] for code in _ancestors(outcome, lowest, level, frame["parent"].to_numpy()[bad]) if code in row]
        count += np.bincount(np.array(at, dtype=np.int64), minlength=len(codes))
    homes = plan.frame(level)["households"].to_numpy()
    return level, str(codes[int(np.lexsort((-homes, -count))[0])])


def place_name(plan: Plan, level: str, code: str) -> str:
    """Return what a unit is called, its code where it has no name."""
    names = plan.frame(level).loc[[code], "name"]
    return names.iloc[0] or code


def _ancestors(outcome: Outcome, lowest: str, level: str, parents: np.ndarray) -> np.ndarray:
    """Codes at `level` above units with these parents."""
    scheme = outcome.plan.scheme
    for between in reversed(scheme.levels[scheme.depth(level) + 1 : scheme.depth(lowest)]):
        up = outcome.plan.frame(between.id)["parent"].to_dict()
        parents = np.array([up.get(code, "") for code in parents], dtype=object)
    return parents
