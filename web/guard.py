"""The door: who may open which address, and which changes are our own pages' or a script's, not a foreign page's.

Every address is closed unless a table says otherwise: reading needs a viewer, anything else a planner. A change needs the token of the visitor's
own session (kept and compared by Flask-WTF) and no sign of a foreign page; a Bearer token needs neither, for no browser sends one by itself.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from flask_wtf.csrf import generate_csrf, validate_csrf
from wtforms import ValidationError

from web.accounts import User, current_user, require
from web.refusals import ForbiddenError, SignInError

HEADER = "X-Geogrid-Token"
FIELD = "token"
_READING = ("GET", "HEAD", "OPTIONS")
_WITHOUT_ASKING = ("static", "pages.asset", "pages.health")
"""What is the same for everybody and tells nothing of the project."""
PUBLIC = frozenset(
    {
        *("pages.overview_page", "pages.stations_page", "pages.unit_page", "pages.table_data", "pages.codes_data", "pages.map_data", "pages.tile"),
        *("api.units", "api.unit", "api.locate", "api.sites", "api.version", "api.search", "api.unknown"),
        *("stations.figures", "stations.units", "stations.area", "stations.capacity"),
        *("screen.screen", "events.page", "events.figures", "events.table"),
        *("login.login_page", "login.sign_in"),
    }
)
"""What a resident may open; what he sees there is the view of `web.accounts.visible`."""
WHOLE = frozenset({"declared", "whatif"})
"""Blueprints that speak of the whole district: not for who is confined to a unit of it."""
PLANNERS = frozenset({"patrols"})
"""Blueprints of planners, reading included."""
ADMINISTRATORS = frozenset({"importing", "imports"})
"""Blueprints of the administrator of the whole district."""


def install(app: Flask) -> None:
    """Ask at every request; give templates `is_administrator()`, `may_open(endpoint)` and `token()`."""
    # The session's own end is the token's; whether the page is ours is asked of Origin, for our pages send no Referer.
    app.config.update(WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    app.jinja_env.globals.update(is_administrator=is_administrator, may_open=may_open, token=token)
    app.before_request(_ask)


def _ask() -> None:
    if request.endpoint is None or request.endpoint in _WITHOUT_ASKING:
        return
    role, whole = _needs(request.endpoint, request.method)
    require(role, whole=whole)
    if request.method not in _READING:
        check_change(by_script=request.blueprint not in ADMINISTRATORS)


def _needs(endpoint: str, method: str = "GET") -> tuple[str, bool]:
    """Return the role that an address needs, and whether it is for the whole district."""
    blueprint = endpoint.rpartition(".")[0]
    if endpoint in PUBLIC or (blueprint == "login" and endpoint == "login.sign_out"):
        return "resident", False
    if blueprint == "login":
        return "viewer", False
    if blueprint in ADMINISTRATORS:
        return "administrator", True
    if blueprint in PLANNERS:
        return "planner", False
    return "viewer" if method in _READING or blueprint in WHOLE else "planner", blueprint in WHOLE


def may_open(endpoint: str) -> bool:
    """Tell whether the visitor may open a page."""
    role, whole = _needs(endpoint)
    user = current_user()
    return user.may(role) and not (whole and user.scope)


def token() -> str:
    """Return what our own pages send along with every change, bound to the visitor's session."""
    return generate_csrf()


def is_administrator() -> bool:
    """Tell whether the visitor administers the whole district: who signed in as such, or without users sits at this machine."""
    user = current_user()
    return user.may("administrator") and not user.scope


def check_administrator() -> None:
    """Raise ForbiddenError unless the visitor is the administrator."""
    if is_administrator():
        return
    if current_user().role == "resident":
        raise SignInError("sign in as administrator first", "请先以管理员身份登录")
    message = "only the administrator may bring data in; without users that is who opens the page at this machine, without a proxy"
    raise ForbiddenError(message, "只有管理员可以导入数据；项目没有用户时，管理员就是在本机上打开页面的人，不要经过代理")


def check_change(*, by_script: bool = False) -> None:
    """Raise ForbiddenError for a change that neither one of our own pages nor a script sent. `by_script`: a script at this machine needs no token."""
    if request.method in _READING:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    ours = urlsplit(request.host_url)
    if site not in (None, "same-origin") or (origin is not None and urlsplit(origin)[:2] != (ours.scheme, ours.netloc)):
        raise ForbiddenError("changes are taken from this service's own pages only", "只接受本服务自己的页面提交的修改")
    user = current_user()
    if user.by_token or (by_script and _is_script(user)):
        return
    try:
        validate_csrf(request.headers.get(HEADER) or _field())
    except ValidationError:
        message = "the page is from before you signed in or the service was started again; load it anew"
        raise ForbiddenError(message, "登录状态已改变，或服务已重新启动，请刷新页面后再试", reload=True) from None


def _is_script(user: User) -> bool:
    """Tell whether a program at this machine asks: no browser sends JSON to another site unasked, and each tells where a request comes from."""
    return user.is_local and request.mimetype == "application/json" and "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers


def _field() -> str:
    return request.form.get(FIELD, "") if request.mimetype == "application/x-www-form-urlencoded" else ""
