"""What differs between two moments: who goes from where to where, and how many people each unit has before and after."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from geogrid.organisation.duties import GAP_COLUMNS, find_gaps
from geogrid.organisation.moment import Moment
from geogrid.organisation.posts import standing
from geogrid.organisation.targets import BODIES

STANDS = ("role", "member", "name", "kind", "level", "code", "post", "via", "overlay")
PEOPLE = ("role", "member", "name", "kind", "from_level", "from_code", "from_post", "to_level", "to_code", "to_post", "via", "overlay")
UNITS = ("level", "code", "people_before", "people_after", "left", "joined", "bodies_left", "bodies_joined")
_KEY = ["role", "member", "level", "code", "post"]


@dataclass(frozen=True, eq=False)
class Difference:
    """`people`: a line for each place that somebody leaves, comes to, or both, columns PEOPLE; `role` is staff, organisation or workplace.

    `units`: those that anybody leaves or comes to, columns UNITS: people who stand there, and of these who left and joined; workplaces and
    organisations (bodies) that left and joined. Both are sorted, units top-down.
    """

    people: pd.DataFrame
    units: pd.DataFrame

    def __bool__(self) -> bool:
        return bool(len(self.people))


def stands(moment: Moment) -> pd.DataFrame:
    """Return where everybody stands, columns STANDS: people at the lowest unit of each of their posts, bodies where they are sent."""
    posts = moment.posts
    people = posts[posts["own"].to_numpy(dtype=bool)].rename(columns={"staff": "member"}).assign(role="staff")
    bodies = moment.links[(moment.links["role"] != "staff") & ~moment.links["target_kind"].isin(BODIES)]
    found = standing(bodies, moment.places)
    found = found[found["own"]]
    told = bodies.loc[found["line"], ["role", "member", "name", "kind", "post", "target_kind", "overlay"]].rename(columns={"target_kind": "via"})
    told = told.reset_index(drop=True).assign(level=found["level"].to_numpy(), code=found["code"].to_numpy())
    both = [part[[*STANDS]] for part in (people, told) if len(part)]
    return pd.concat(both, ignore_index=True).astype("str") if both else pd.DataFrame(columns=[*STANDS], dtype="str")


def diff(before: Moment, after: Moment) -> Difference:
    """Compare two moments; the same where nothing differs but dates and the overlay that says so."""
    one, two = stands(before).drop_duplicates(_KEY), stands(after).drop_duplicates(_KEY)
    people = _people(_less(one, two, _KEY), _less(two, one, _KEY))
    return Difference(people, _units(one, two, before.places.levels))


def find_lacking(before: Moment, during: Moment) -> pd.DataFrame:
    """Return what units lack during an overlay that they did not lack before, columns of `duties.GAP_COLUMNS`.

    That is what the scheme wants of each unit, and anybody at all where somebody stood before: `kind` is "" and `wanted` how many there were.
    """
    scheme, units = during.roster.scheme, during.places.units
    gaps, known = find_gaps(during, scheme, units), find_gaps(before, scheme, units)
    key = ["level", "code", "kind", "missing"]
    worse = gaps.merge(known[[*key, "have", "wanted"]], on=key, how="left", suffixes=("", "_before"))
    is_new = worse["have_before"].isna() | (worse["have"] < worse["have_before"]) & (worse["wanted"] >= worse["wanted_before"])
    lacking = worse.loc[is_new & (worse["have"] < worse["wanted"]), [*GAP_COLUMNS]]
    nobody = _deserted(before, during)
    named = set(zip(lacking["level"], lacking["code"], strict=True))
    nobody = nobody[[pair not in named for pair in zip(nobody["level"], nobody["code"], strict=True)]]
    parts = [part for part in (lacking, nobody) if len(part)]
    order = {level: i for i, level in enumerate(during.places.levels)}
    found = pd.concat(parts, ignore_index=True) if parts else lacking
    return found.sort_values(["level", "code", "kind"], key=lambda c: c.map(order) if c.name == "level" else c, ignore_index=True, kind="stable")


def _deserted(before: Moment, during: Moment) -> pd.DataFrame:
    """Return the units where people stood before and nobody does now."""
    had, has = (_counted(stands(moment)) for moment in (before, during))
    gone = had[~had.index.isin(has.index)]
    rows = [(level, code, "", "person", int(n), 0) for (level, code), n in gone.items()]
    return pd.DataFrame(rows, columns=[*GAP_COLUMNS]).astype({"wanted": "int64", "have": "int64"})


def _counted(found: pd.DataFrame, role: str = "staff") -> pd.Series:
    chosen = found[(found["role"] == "staff") == (role == "staff")]
    return chosen.groupby(["level", "code"])["member"].nunique()


def _less(one: pd.DataFrame, two: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Return the lines of one that are not in two, by the columns of a key."""
    known = pd.MultiIndex.from_frame(two[key])
    return one[~pd.MultiIndex.from_frame(one[key]).isin(known)]


def _people(left: pd.DataFrame, joined: pd.DataFrame) -> pd.DataFrame:
    """Pair what each one leaves with what he comes to, both in order."""
    who, sides = ["role", "member"], []
    for lines in (left, joined):
        ordered = lines.sort_values([*who, "level", "code", "post"], kind="stable")
        sides.append(ordered.assign(nth=ordered.groupby(who).cumcount()))
    met = sides[0].merge(sides[1], on=[*who, "nth"], how="outer", suffixes=("_left", "")).sort_values([*who, "nth"], kind="stable", ignore_index=True)
    told = {name: met[name].fillna(met[f"{name}_left"]) for name in ("name", "kind", "via")}
    places = {f"{way}_{name}": met[f"{name}{end}"].fillna("") for way, end in (("from", "_left"), ("to", "")) for name in ("level", "code", "post")}
    return met.assign(**told, **places, overlay=met["overlay"].fillna(""))[[*PEOPLE]].astype("str")


def _units(one: pd.DataFrame, two: pd.DataFrame, levels: tuple[str, ...]) -> pd.DataFrame:
    left, joined = _less(one, two, _KEY[:-1]), _less(two, one, _KEY[:-1])
    touched = pd.MultiIndex.from_frame(pd.concat([left, joined])[["level", "code"]].drop_duplicates())
    counts = {
        "people_before": _counted(one),
        "people_after": _counted(two),
        "left": _counted(left),
        "joined": _counted(joined),
        "bodies_left": _counted(left, "body"),
        "bodies_joined": _counted(joined, "body"),
    }
    if not len(touched):
        return pd.DataFrame(columns=[*UNITS]).astype(dict.fromkeys(counts, "int64"))
    rows = pd.DataFrame({name: n.reindex(touched, fill_value=0).to_numpy() for name, n in counts.items()}, index=touched).reset_index()
    rows["order"] = rows["level"].map({level: i for i, level in enumerate(levels)})
    return rows.sort_values(["order", "code"], kind="stable", ignore_index=True)[[*UNITS]].astype(dict.fromkeys(counts, "int64"))
