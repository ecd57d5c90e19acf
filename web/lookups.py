"""Look-ups of places, addresses and people as the visitor may see them: one set of indexes for each version and view.

Who is confined to a unit finds places and addresses of it only, and the names of who is over it. A resident is told posts and duties, never a
person nor a telephone.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from flask import current_app, request

from web import rostered
from web.accounts import current_user
from web.served import Served

if TYPE_CHECKING:
    from geogrid.pipeline.lookup import Lookup

PERSON = ("staff", "name", "phone")
"""What is said of a person, not of a post."""


def lookup(now: Served) -> Lookup:
    """Return the indexes of what the visitor sees, made once; posts of all of the district where he is a resident, who is shown no person."""
    from geogrid.pipeline.lookup import Lookup

    whole = now.whole if current_user().role == "resident" else now
    project = now.whole.project
    has_table = "staff" in project.tables

    def make() -> Lookup:
        return Lookup(now.project, rostered.roster(whole) if has_table else None, has_staff=has_table and len(project.table("staff")) > 0)

    return now.keep("lookup", make)


def moment(name: str = "when") -> datetime:
    """Return the moment that an argument of the address names, now where there is none, or a version of the plan. Raises InputError."""
    from geogrid.pipeline.lookup import parse_when

    text = request.args.get(name, "")
    return parse_when("" if name == "at" and text.isdecimal() else text, current_app.extensions["geogrid"].clock)


def shown(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return who is responsible as the visitor may see it: a resident is told each post once, without the person."""
    if current_user().role != "resident":
        return lines
    bare = [line | dict.fromkeys(PERSON) for line in lines]
    return [line for at, line in enumerate(bare) if line not in bare[:at] and (line["post"] or line["duties"])]
