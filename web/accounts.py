"""Who is asking, and what he may do and see: `current_user`, `require`, `check_scope`.

A project without users has one, the administrator at this machine. Where users exist, who is not signed in is a resident.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import flask_login
from flask import Flask, current_app, g, request

from geogrid import maps
from geogrid.edit.state import ABSENT
from geogrid.plan import NO_UNIT
from geogrid.store import accounts
from geogrid.store.roll import Roll
from web import rostered
from web.confined import codes_below, is_below, roots_of
from web.refusals import ForbiddenError, SignInError
from web.served import Served
from web.visible import Visible, key_of

if TYPE_CHECKING:
    from geogrid.edit import Edit, State

RANKS = ("resident", *accounts.ROLES)
_BEARER = "Bearer "
WARMING = "geogrid.warming"
"""Key of a request that the service makes to itself before the first visitor comes; none that comes over the network can bear it."""


@dataclass(frozen=True)
class User(flask_login.UserMixin):
    """A visitor. `scope`: code of the unit he is confined to, "" for none; `session`: what his browser holds instead of his name."""

    name: str
    role: str
    scope: str = ""
    is_local: bool = False
    by_token: bool = False
    session: str = ""

    def get_id(self) -> str:
        """Return what the session cookie keeps: it ends with the password."""
        return self.session

    def may(self, role: str) -> bool:
        """Tell whether the user's role is `role` or more.

        >>> User("", "planner").may("viewer"), User("", "planner").may("administrator")
        (True, False)
        """
        return RANKS.index(self.role) >= RANKS.index(role)


RESIDENT = User("", "resident")
LOCAL = User("local", "administrator", is_local=True)
BEHIND_A_PROXY = User("", "viewer")
"""Whoever comes through a proxy to a project without users: the proxy has asked for the password, but nobody here knows a name."""


def install(app: Flask) -> None:
    """Read sessions with Flask-Login."""
    manager = flask_login.LoginManager()
    manager.init_app(app, add_context_processor=False)
    manager.session_protection = None  # an address may change under a telephone; the session ends with the password
    manager.anonymous_user = lambda: RESIDENT  # type: ignore[assignment]
    manager.user_loader(lambda session: _user(roll().of_session(session)))
    app.extensions["geogrid.view"] = visible
    source = app.extensions["geogrid"]
    app.extensions["geogrid.roll"] = Roll(source.path, source.door)
    source.companions.append(app.extensions["geogrid.roll"].close)
    app.jinja_env.globals.update(current_user=current_user)


def project_path() -> Path:
    """Return the path of the project that is served."""
    return current_app.extensions["geogrid"].path


def roll() -> Roll:
    """Return the accounts of the project that is served."""
    return current_app.extensions["geogrid.roll"]


def current_user() -> User:
    """Return who asks, the same for all of a request. Raises SignInError for a token that is not (any more) known."""
    if "geogrid_user" not in g:
        g.geogrid_user = RESIDENT  # also where the file can not be read: the page that tells so asks again
        g.geogrid_user = _asking()
    return g.geogrid_user


def _asking() -> User:
    if request.environ.get(WARMING):
        return BEHIND_A_PROXY
    if not roll().has_any():
        return _without_users()
    sent = request.headers.get("Authorization", "")
    if not sent.startswith(_BEARER):
        return flask_login.current_user._get_current_object()  # the proxy would be another user in the next request
    found = _user(roll().of_token(sent.removeprefix(_BEARER).strip()), by_token=True)
    if found is None:
        raise SignInError("this token is not known (any more)", "令牌无效或已停用")
    return found


def _without_users() -> User:
    if current_app.config["BEHIND_PROXY"]:
        return BEHIND_A_PROXY
    if current_app.config["TRUSTED_HOSTS"] is None:
        return RESIDENT  # the service was opened to other machines for users that are all gone now
    try:
        inside = ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        inside = False
    return LOCAL if inside else BEHIND_A_PROXY


def _user(account: accounts.Account | None, *, by_token: bool = False) -> User | None:
    return account and User(account.name, account.role, account.scope, by_token=by_token, session=account.session)


def require(role: str, *, whole: bool = False) -> User:
    """Return the user. Raises SignInError for a resident, ForbiddenError for a lesser role, or where `whole` and he is confined to a unit."""
    user = current_user()
    if user.role == "resident" and role != "resident":
        raise SignInError("sign in first", "请先登录")
    if not user.may(role):
        raise ForbiddenError(f"this needs the role {role}; yours is {user.role}", f"需要“{role}”角色，您的角色是“{user.role}”", needs=role)
    if whole and user.scope:
        raise ForbiddenError(f"this concerns the whole district; you see {user.scope}", f"此操作涉及全区，您的范围是 {user.scope}", scope=user.scope)
    return user


def check_scope(user: User, codes: Iterable[str], now: Served | None = None) -> None:
    """Raise ForbiddenError unless every unit (code, of any level) of the served plan lies in the user's scope unit, or is it."""
    if not user.scope:
        return
    whole = now or whole_project()
    seen = whole.keep(("codes below", user.scope), lambda: codes_below(whole.project, user.scope))
    if outside := sorted(set(codes) - set().union(*seen.values())):
        raise _outside(user, outside)


def check_edit(user: User, before: State, after: State, units: Iterable[int]) -> None:
    """Raise ForbiddenError unless all units (ids) that an edit touches lie in the user's scope unit before it and after it.

    Land outside all units is nobody's scope: say so with NO_UNIT among `units`.
    """
    if not user.scope:
        return
    roots = roots_of(before, user.scope)
    # A unit that is not in force in one of the two states lies where the other says.
    beyond = {unit for unit in units for state in (before, after) if (unit in state.units or unit == NO_UNIT) and not is_below(state, unit, roots)}
    if beyond:
        raise _outside(user, sorted({(before.units.get(unit) or after.units[unit]).code for unit in beyond if unit != NO_UNIT}))


def check_named(user: User, state: State, edits: Iterable[Edit]) -> None:
    """Raise ForbiddenError where edits name units or atoms outside the user's scope, before anything is told of these; unknown codes are let pass."""
    if not user.scope:
        return
    roots, ground = roots_of(state, user.scope), state.ground
    for edit in edits:
        codes = [getattr(edit, name, None) for name in ("unit", "to", "into", "parent")]
        owners = {code: _ever(state, code) for code in (*codes, *getattr(edit, "units", ())) if code}
        places = {code: ground.position_of(code) for code in getattr(edit, "atoms", ())}
        owners |= {code: int(state.leaf[at]) for code, at in places.items() if at >= 0}
        if beyond := [code for code, unit in owners.items() if unit not in (None, ABSENT) and not is_below(state, unit, roots)]:
            raise _outside(user, sorted(beyond))
        check_named(user, state, getattr(edit, "edits", ()))


def _ever(state: State, code: str) -> int | None:
    """Return the unit that has a code, or had it last; None where there was never one."""
    unit = state.find(code)
    return unit if unit != NO_UNIT else state.issued.get(code)


def _outside(user: User, codes: list[str]) -> ForbiddenError:
    listed = ", ".join(codes[:5]) + (" …" if len(codes) > 5 else "") or "land outside all units"
    listed_zh = "、".join(codes[:5]) + (" …" if len(codes) > 5 else "") or "单元以外的土地"
    message = f"your scope is {user.scope}; this lies outside it: {listed}"
    return ForbiddenError(message, f"您的范围是 {user.scope}，不包括：{listed_zh}", scope=user.scope, units=codes)


def visible(now: Served) -> Served:
    """Return the project as the visitor may see it: all of it, or his scope unit, or what a resident sees; made once per version and view."""
    user = current_user()
    # never in what is downloaded or asked for by programs
    secret = user.may("planner") and not user.is_local and (request.blueprint == "pages" or (request.blueprint == "cameras" and not user.by_token))
    view = {"scope": user.scope, "is_public": user.role == "resident", "shows_secret": secret}
    key = key_of(**view)
    if not key:
        return now
    return now.keep(("view", key), lambda: _view(now, key, view))


def _view(now: Served, key: str, view: dict[str, Any]) -> Served:
    """Make a view, which takes over from its own former version what no edit changed; of the whole nothing is passed on to it."""
    last: dict[str, Visible] = now.fixed.keep("views", dict)
    former = last.get(key)
    project = last[key] = Visible(now.project, former=former, roster=lambda: rostered.roster(now), **view)
    if former is not None:
        maps.succeed(project, former)
    return Served(project, f"{now.version}{key}", whole=now)


def whole_project() -> Served:
    """Return the project of the running application, whoever asks: for work on it, never for what is shown."""
    return current_app.extensions["geogrid"].current()
