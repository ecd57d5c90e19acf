"""To whom an open event has come up: 小事不出格, and what is not done in time goes to the next unit above.

An event begins at the lowest unit that holds its place. Open for longer than the days of its kind it stands at the next unit above, after as many
days again at the next, at last at the district. Where it stands is computed from an instant: nothing has to run for it to rise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from geogrid.events.records import DAY_S, select

ESCALATED = ("id", "kind", "reporter_kind", "time_s", "age_days", "days", "steps", "from_level", "from_code", "level", "code", "next_s")


def escalate(events: pd.DataFrame, levels: Sequence[str], days: Mapping[str, float], at_s: float, *, default_days: float) -> pd.DataFrame:
    """Return the events open at an instant, the longest overdue first, index as in `events`: the columns of `ESCALATED`.

    `levels` are top-down. `steps`: so many units up from where it began; `level` and `code`: where it stands, "" for the district itself. `age_days`:
    open for so long, NaN where nobody knows since when, and then it stays; `days`: what its kind allows at each step; `next_s`: the instant at which
    it goes further, NaN where it stands at the top or never will.
    """
    found = select(events, at_s, state="open")
    chain = np.column_stack([found[level].to_numpy(dtype=object) for level in levels if level in found]) if len(found) else np.zeros((0, 0), object)
    held = [level for level in levels if level in found]
    allowed = found["kind"].map(dict(days)).fillna(default_days).astype(float).to_numpy()
    age = (at_s - found["time_s"].to_numpy()) / DAY_S
    due = np.where(np.isnan(age), 0, np.ceil(np.nan_to_num(age) / allowed) - 1).clip(min=0)
    steps, place, begun = _climb(chain, held, due.astype("int64"))
    more = (steps < _heights(chain)) & ~np.isnan(age)
    out = found[["id", "kind", "reporter_kind", "time_s"]].assign(
        age_days=age,
        days=allowed,
        steps=steps,
        from_level=[level for level, _ in begun],
        from_code=[code for _, code in begun],
        level=[level for level, _ in place],
        code=[code for _, code in place],
        next_s=np.where(more, found["time_s"].to_numpy() + (steps + 1) * allowed * DAY_S, np.nan),
    )
    late = np.where(np.isnan(age), -np.inf, age - allowed)
    order = np.lexsort((out["id"].to_numpy(dtype=str), -late))
    return out.iloc[order][list(ESCALATED)]


def raised(standing: pd.DataFrame) -> pd.DataFrame:
    """Return what has come up to whom: `level code events oldest_days` of `escalate`'s lines that left where they began, most first."""
    up = standing[standing["steps"] > 0]
    found = up.groupby(["level", "code"], sort=True).agg(events=("id", "size"), oldest_days=("age_days", "max")).reset_index()
    return found.sort_values(["events", "oldest_days", "level", "code"], ascending=[False, False, True, True], ignore_index=True)


def _heights(chain: np.ndarray) -> np.ndarray:
    """Return how many steps lead from where each event began to the district: 0 for one that no unit holds."""
    return (chain != "").sum(axis=1) if chain.size else np.zeros(len(chain), dtype="int64")


def _climb(chain: np.ndarray, levels: Sequence[str], due: np.ndarray) -> tuple[np.ndarray, list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the steps taken, and (level, code) of where each event stands and of where it began; ("", "") is the district."""
    steps = np.minimum(due, _heights(chain))
    place, begun = [], []
    for codes, n in zip(chain.tolist() if chain.size else [[]] * len(due), steps.tolist(), strict=True):
        ladder = [*((level, code) for level, code in zip(reversed(levels), reversed(codes), strict=True) if code), ("", "")]
        place.append(ladder[n])
        begun.append(ladder[0])
    return steps, place, begun
