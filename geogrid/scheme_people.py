"""Who works in a district and how they are organised, by kind, as a scheme says it: posts, duties, the organisation tree, emergencies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from geogrid.scheme_values import Text, check_known, check_value, check_words, is_count, level_word, table_of, text_of, words_of

NO_POST = Text("", "")
BELONGS_TO = ("compound", "building", "entrance", "household", "site", "workplace")
"""What an organisation may belong to beside the units of a level."""


@dataclass(frozen=True)
class StaffKind:
    """A kind of officer, as it stands in `staff.kind`.

    Each unit of the level `per` wants at least `least` and at most `most` (None: any number) of them; `per` is "" where nobody said so.
    `post` ("" in both languages for none) and `duties` hold where a membership or the person's own column says none.
    """

    name: Text
    per: str = ""
    least: int = 0
    most: int | None = None
    post: Text = NO_POST
    duties: tuple[Text, ...] = ()


@dataclass(frozen=True)
class OrganisationKind:
    """A kind of organisation, as it stands in `organisations.kind`.

    `under`: kinds that its parent may be of; `of`: what it belongs to, a level or one of BELONGS_TO, "" for none; `covers`: the level of which each
    unit wants an organisation of a kind that covers it, "" where nobody said so.
    """

    name: Text
    under: tuple[str, ...] = ()
    of: str = ""
    covers: str = ""


@dataclass(frozen=True)
class Emergency:
    """What a switch to emergency does: the staff of units of `levels` come under the unit of the level `under` that holds theirs."""

    under: str
    levels: tuple[str, ...]


def staff_of(kind: str, entry: Any, levels: list[str], scheme_id: str) -> StaffKind:
    """Make a kind of officer of its table; raises SchemeError."""
    where = f"{scheme_id} [staff.{kind}]"
    check_known(table_of(entry, where), ("name", "per", "least", "most", "post", "duties"), where)
    per = level_word(entry, "per", levels, where)
    least, most = entry.get("least", 1 if per else 0), entry.get("most")
    for key in ("least", "most"):
        check_value(key not in entry or is_count(entry[key]), where, key, entry.get(key), "1 or more", "1 或以上的整数")
        check_value(key not in entry or bool(per), where, key, entry.get(key), 'per = "…" beside it: in each unit of which level', '同时写 per = "…"')
    check_value(most is None or least <= most, where, "most", most, f"{least} or more, as least", f"不小于 least（{least}）的整数")
    duties = entry.get("duties", [])
    check_value(isinstance(duties, list), where, "duties", duties, "a list of duties", "职责的列表")
    told = tuple(text_of(duty, f"{where} duties") for duty in duties)
    post = text_of(entry["post"], f"{where} post") if "post" in entry else NO_POST
    return StaffKind(text_of(entry.get("name", kind), where), per, least, most, post, told)


def organisation_of(kind: str, entry: Any, kinds: list[str], levels: list[str], scheme_id: str) -> OrganisationKind:
    """Make a kind of organisation of its table, `kinds` being all of them; raises SchemeError."""
    where = f"{scheme_id} [organisations.{kind}]"
    check_known(table_of(entry, where), ("name", "under", "of", "covers"), where)
    under = words_of(entry.get("under") or [], where, "under")
    check_words(under, kinds, where, "kind of organisation")
    of, covers = level_word(entry, "of", (*levels, *BELONGS_TO), where), level_word(entry, "covers", levels, where)
    return OrganisationKind(text_of(entry.get("name", kind), where), under, of, covers)


def check_tree(kinds: Mapping[str, OrganisationKind], scheme_id: str) -> None:
    """Raise SchemeError for a kind of organisation that is under itself and never comes to a top: then nobody can be first."""
    fine: set[str] = set()
    for _ in kinds:
        fine |= {kind for kind, table in kinds.items() if not table.under or fine & set(table.under)}
    for kind in [kind for kind in kinds if kind not in fine][:1]:
        under, where = list(kinds[kind].under), f"{scheme_id} [organisations.{kind}]"
        check_value(False, where, "under", under, "kinds that lead to one without under", "能到达最上级（没有 under 的一类）的上级类型")


def emergency_of(table: Mapping[str, Any], levels: list[str], scheme_id: str) -> Emergency | None:
    """Make what an emergency does of its table, None where the scheme has none; raises SchemeError."""
    where = f"{scheme_id} [emergency]"
    check_known(table, ("under", "levels"), where)
    if not table:
        return None
    under = level_word(table, "under", levels, where)
    check_value(bool(under), where, "under", table.get("under"), f"one level: {', '.join(levels)}", f"一个层级：{'、'.join(levels)}")
    below = levels[levels.index(under) + 1 :]
    moved = words_of(table.get("levels", below), where, "levels")
    check_value(bool(moved), where, "levels", list(moved), f"levels below {under}", f"{under} 以下的层级")
    check_words(moved, below, where, f"level below {under}")
    return Emergency(under, moved)
