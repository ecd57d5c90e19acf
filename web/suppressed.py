"""Who is told small counts of people, and what others read instead: "<3", "≥3", "–".

Attributes of people (persons, members of organisations, who reported an event) in a unit with fewer than `small_count` of them are told to the
community that they belong to: to who is signed in and confined to that community or to a unit below it, and to the one who sits at the machine of a
project without users. Everybody else, planners and administrators of the whole district too, reads that there are few: he plans with units of
hundreds, and whose two party members live in a stairwell is none of his business. What the number would follow from is hidden with it
(`geogrid.report.suppress`). The number of households is no secret. Who stands for a unit is named, on the page and on the notice on its wall: such a
count hides nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from flask import Flask
from flask_babel import gettext as _

from geogrid.report.suppress import BESIDE, SHOWN, SMALL, Tree, hide
from geogrid.scheme_values import place_level
from web import tables, words
from web.accounts import current_user
from web.served import Served

Counts = Mapping[str, pd.Series]
"""Of each level, counts of people by code of the unit."""


def install(app: Flask) -> None:
    """Give templates `hidden_note()`."""
    app.jinja_env.globals.update(hidden_note=note)


def sees_all(now: Served) -> bool:
    """Tell whether the visitor is told small counts of people: he sees one community or less, or sits at a machine without users."""
    user = current_user()
    if user.is_local:
        return True
    order = list(now.project.levels)
    own = order.index(place_level(order))
    return user.role != "resident" and bool(user.scope) and now.project.is_part and order.index(tables.levels(now)[0]) >= own


def limit(now: Served) -> int:
    """Return the scheme's `small_count`: fewer are hidden."""
    return int(now.project.scheme.defaults["small_count"])


def hidden(now: Served, key: Hashable, counts: Counts | Callable[[], Counts]) -> dict[str, pd.Series]:
    """Return for each level a text by code: "" where a count may be told, else what is written instead; an empty dict for who is told all.

    `key` names the counts, which are those of the whole district at this version and the same for every visitor: what one is told must not depend on
    how little else he sees. The levels' counts add up from below; a district's total stands above them.
    """
    if sees_all(now):
        return {}
    whole = now.whole
    return whole.keep(("suppressed", key), lambda: _hidden(whole, counts() if callable(counts) else counts))


def _hidden(whole: Served, counts: Counts) -> dict[str, pd.Series]:
    levels, k = [level for level in whole.project.levels if level in counts], limit(whole)
    whole_n = {level: np.asarray(counts[level], dtype="int64") for level in levels}
    if k > 2 and not any(((n > 0) & (n < k)).any() for n in whole_n.values()):
        return {level: pd.Series("", index=counts[level].index, dtype=object) for level in levels}
    first, rows, value, parent = 1, {}, [np.zeros(1, dtype="int64")], [np.array([-1])]
    for depth, level in enumerate(levels):
        codes, chain = counts[level].index, tables.lineage(whole, level)
        above = np.zeros(len(codes), dtype="int64")
        for upper in levels[:depth]:
            found = chain[upper].reindex(codes).map(rows[upper]).to_numpy(dtype=float)
            above = np.where(np.isnan(found), above, found).astype("int64")
        rows[level] = dict(zip(codes, range(first, first + len(codes)), strict=True))
        first += len(codes)
        value.append(whole_n[level])
        parent.append(above)
    values, parents = np.concatenate(value), np.concatenate(parent)
    values[0] = values[parents == 0].sum()
    words_ = _words(hide(Tree(values, parents), k), k)
    return {level: pd.Series(words_[list(rows[level].values())], index=counts[level].index, dtype=object) for level in levels}


def _words(marks: np.ndarray, k: int) -> np.ndarray:
    """Return what is written instead of counts, object (n,); "" where a count is shown."""
    told = {SHOWN: "", SMALL: f"<{k}", BESIDE: f"≥{k}"}
    return np.array([told.get(mark, "–") for mark in marks.tolist()], dtype=object)


def hidden_in(now: Served, total: int, parts: Mapping[str, int]) -> dict[str, str]:
    """Return what is written instead of counts that are the parts of one total, "" where a part may be told; empty for who is told all."""
    if sees_all(now):
        return {}
    names, k = list(parts), limit(now)
    marks = hide(Tree(np.array([total, *parts.values()], dtype="int64"), np.array([-1, *[0] * len(names)], dtype="int64")), k)
    return dict(zip(names, _words(marks[1:], k).tolist(), strict=True))


def few(now: Served, n: int) -> int | str:
    """Return a count of people that no sum is made of, as the visitor may read it: members of one organisation."""
    return n if sees_all(now) or not 0 < n < limit(now) else f"<{limit(now)}"


def persons(now: Served) -> dict[str, pd.Series]:
    """Return what is written instead of the persons of units, as `hidden` does."""
    return hidden(now, "persons", lambda: {level: now.whole.project.units(level)["persons"].fillna(0) for level in now.whole.project.levels})


def without_persons(now: Served, level: str, frame: Any) -> Any:
    """Return a frame of units (index code) without the persons that may not be told: null, and `persons_hidden` says what is written instead."""
    instead = persons(now)
    if level not in instead or "persons" not in frame.columns:
        return frame
    said = instead[level].reindex(frame.index).fillna("")
    if not (said != "").any():
        return frame
    shown = frame["persons"].astype(object).where((said == "").to_numpy(), None)
    return frame.assign(persons=shown, persons_hidden=said.to_numpy())


def say(now: Served, level: str, code: str, n: float) -> str:
    """Return the persons of a unit as the visitor may read them."""
    instead = persons(now).get(level)
    return str(instead.get(code, "")) or words.number(n) if instead is not None else words.number(n)


def note(now: Served | None = None) -> str:
    """Return what is hidden and why."""
    from web.served import served

    k = limit(now or served())
    return _(
        "Fewer than %(k)s people are written as <%(k)s, and what would tell how many is hidden with them: their own community sees the number.", k=k
    )
