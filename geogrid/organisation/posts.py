"""Posts: a line for each person and unit, from who belongs to what at one moment."""

from __future__ import annotations

import pandas as pd

from geogrid.organisation.places import Places
from geogrid.organisation.targets import BODIES, UNIT
from geogrid.scheme import Scheme
from geogrid.wording import folded, kinds_by_word

COLUMNS = ("level", "code", "staff", "name", "kind", "post", "duties", "phone", "via", "target", "overlay", "own")
ROUNDS = 3
"""A person belongs to a workplace that belongs to a team that is sent somewhere: not further."""


def posts_of(links: pd.DataFrame, staff: pd.DataFrame, places: Places, scheme: Scheme) -> pd.DataFrame:
    """Return the posts of all people in `links`, columns of `COLUMNS`, sorted; see `Moment.posts`."""
    lines = _sent(links)
    found = standing(lines, places)
    posts = lines.loc[found["line"], ["member", "post", "via", "body", "overlay"]].reset_index(drop=True)
    posts = pd.concat([found[["level", "code", "own"]].reset_index(drop=True), posts], axis=1).rename(columns={"member": "staff", "body": "target"})
    told = staff.drop_duplicates("id").set_index("id")[["name", "kind", "duties", "phone"]]
    posts = posts.join(told, on="staff")
    posts = _filled(posts, scheme)[[*COLUMNS]]
    keys = ["level", "code", "staff", "via", "target", "post", "overlay"]
    order = posts.assign(level=posts["level"].map({level: i for i, level in enumerate(places.levels)})).sort_values(keys, kind="stable").index
    return posts.loc[order].drop_duplicates(keys, ignore_index=True)


def standing(lines: pd.DataFrame, places: Places) -> pd.DataFrame:
    """Return where the targets of lines (`target_kind level target`) stand: `line` (label), `level`, `code`, `own`; none for one not known."""
    rows, known = [], {}
    for label, kind, level, target in zip(lines.index, lines["target_kind"], lines["level"], lines["target"], strict=True):
        key = (kind, target, level)
        if key not in known:
            own = places.own(kind, target, level)
            units = own if kind == UNIT else [(each, code) for each, codes in places.codes(kind, target, level).items() for code in codes]
            known[key] = [(each, code, (each, code) in own) for each, code in units]
        rows += [(label, *unit) for unit in known[key]]
    return pd.DataFrame(rows, columns=["line", "level", "code", "own"]).astype({"own": bool})


def _sent(links: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of people, those of a workplace or organisation followed to where this is sent: with `via` and `body`, what they name."""
    people = links[links["role"] == "staff"]
    people = people.assign(via=people["target_kind"], body=people["target"])
    bodies = links[links["role"].isin(BODIES)][["role", "member", "target_kind", "level", "target", "post", "overlay"]]
    parts = [people[~people["target_kind"].isin(BODIES)]]
    waiting = people[people["target_kind"].isin(BODIES)]
    for _ in range(ROUNDS):
        if not len(waiting):
            break
        met = waiting.drop(columns=["role", "level"]).merge(
            bodies, left_on=["target_kind", "target"], right_on=["role", "member"], suffixes=("", "_sent")
        )
        overlay, post = met["overlay_sent"].where(met["overlay_sent"] != "", met["overlay"]), met["post"].where(met["post"] != "", met["post_sent"])
        met = met.assign(target_kind=met["target_kind_sent"], target=met["target_sent"], overlay=overlay, post=post)[[*people.columns]]
        parts.append(met[~met["target_kind"].isin(BODIES)])
        waiting = met[met["target_kind"].isin(BODIES)]
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _filled(posts: pd.DataFrame, scheme: Scheme) -> pd.DataFrame:
    """Fill posts and duties that the tables leave open with those of the scheme's kind."""
    words = kinds_by_word(scheme.staff)
    rules = {word: scheme.staff[words[folded(word)]] for word in posts["kind"].unique() if folded(word) in words}
    post = pd.Series([rules[kind].post.zh if kind in rules else "" for kind in posts["kind"]], index=posts.index, dtype="str")
    listed = {kind: "、".join(duty.zh for duty in rule.duties) for kind, rule in rules.items()}
    duties = pd.Series([listed.get(kind, "") for kind in posts["kind"]], index=posts.index, dtype="str")
    return posts.assign(post=posts["post"].where(posts["post"] != "", post), duties=posts["duties"].where(posts["duties"] != "", duties))
