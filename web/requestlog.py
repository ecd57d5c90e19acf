"""One line a request: when, who, what, how it ended, how long it took. Nothing that was typed or sent is in it, addresses without their query."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from geogrid.errors import one_line
from web.accounts import WARMING

LOG = logging.getLogger("geogrid.requests")


def install(app: Flask) -> None:
    """Log every request to the logger `geogrid.requests`; whoever runs the service says where that goes."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def _end(response: Response) -> Response:
    if LOG.isEnabledFor(logging.INFO) and not request.environ.get(WARMING):
        spent = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        path = one_line(request.path).replace(" ", "%20")
        LOG.info("%s %s %s %s %d %.1f ms", at, _who(), request.method, path, response.status_code, spent)
    return response


def _who() -> str:
    user = g.get("geogrid_user")
    return "-" if user is None else one_line(user.name).replace(" ", "_") or user.role


def show() -> None:
    """Send the lines to stderr."""
    if not LOG.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(message)s"))
        LOG.addHandler(handler)
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
