"""Who may change things, and from where: today the one administrator at this very machine, through our own pages.

A request that changes something must carry the token of our pages and come from no foreign page; whoever is not on this machine, or comes
through a proxy, is refused, since a project without users knows nobody else.
"""

from __future__ import annotations

import ipaddress
import secrets
from urllib.parse import urlsplit

from flask import Flask, current_app, request

from web.refusals import ForbiddenError

HEADER = "X-Geogrid-Token"
_READING = ("GET", "HEAD", "OPTIONS")


def install(app: Flask) -> None:
    """Make the token of this run of the service and give templates `is_administrator()` and `token()`."""
    app.extensions["geogrid.token"] = secrets.token_urlsafe(32)
    app.jinja_env.globals.update(is_administrator=is_administrator, token=token)


def token() -> str:
    """Return what our own pages send along with every change."""
    return current_app.extensions["geogrid.token"]


def is_administrator() -> bool:
    """Tell whether the visitor sits at this machine; behind a proxy nobody does, for everybody would seem to."""
    if current_app.config["BEHIND_PROXY"]:
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def check_administrator() -> None:
    """Raise ForbiddenError unless the visitor is the local administrator."""
    if not is_administrator():
        message = "only the administrator at this machine may bring data in; open the page there, without a proxy"
        raise ForbiddenError(message, "只有在本机上的管理员可以导入数据；请在本机打开，不要经过代理")


def check_change() -> None:
    """Raise ForbiddenError for a change that was not sent by one of our own pages."""
    if request.method in _READING:
        return
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site")
    ours = urlsplit(request.host_url)
    if site not in (None, "same-origin") or (origin is not None and urlsplit(origin)[:2] != (ours.scheme, ours.netloc)):
        raise ForbiddenError("changes are taken from this service's own pages only", "只接受本服务自己的页面提交的修改")
    if not secrets.compare_digest(request.headers.get(HEADER, "").encode(), token().encode()):
        raise ForbiddenError("the page is from before the service was started again; load it anew", "服务已重新启动，请刷新页面后再试", reload=True)
