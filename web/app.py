"""Make the Flask application: one project, two blueprints (pages, API), one error table, one policy of headers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from web import (
    accounts,
    api,
    cameraapi,
    camerafiles,
    declared,
    downloads,
    editing,
    editor,
    edits,
    emergency,
    errors,
    eventpage,
    exportlog,
    guard,
    importing,
    importing_api,
    importing_service,
    language,
    login,
    navigation,
    onescreen,
    organisationpage,
    pages,
    patrolpage,
    peoplepage,
    plans,
    reached,
    requestlog,
    security,
    sessions,
    sheetsmade,
    sheetspage,
    stationpage,
    suppressed,
    whatif,
    words,
)
from web.served import Source

_ROOMS = (
    pages,
    declared,
    patrolpage,
    peoplepage,
    organisationpage,
    eventpage,
    emergency,
    onescreen,
    sheetspage,
    downloads,
    whatif,
    editor,
    edits,
    plans,
    importing,
    importing_api,
    stationpage,
    cameraapi,
    camerafiles,
    api,
)
LOOPBACK_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
UPLOAD_BYTES = 1 << 30
"""So much may come in with one request."""


def create_app(
    project_path: str | Path,
    *,
    opener: Callable[[Path], Any] | None = None,
    trusted_hosts: list[str] | None = LOOPBACK_HOSTS,
    behind_proxy: bool | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now().astimezone(),
) -> Flask:
    """Return the application that shows the project at `project_path`.

    The file is opened at the first request and again whenever it changes. `opener` opens it (`geogrid.store.open_project`).
    `trusted_hosts` are the names a browser may ask for, so that a foreign page can not reach the service by a name of its own; None for any.
    `clock` says when an edit is made: an aware time.
    `behind_proxy`: everybody comes through one, which speaks HTTPS (left out: where any host name may be asked for).
    """
    app = Flask(__name__, static_folder="static", template_folder="templates")
    app.request_class = importing_api.Streamed
    app.json.ensure_ascii = False
    app.config["TRUSTED_HOSTS"] = trusted_hosts
    app.config["MAX_CONTENT_LENGTH"] = 1 << 20
    app.config["BEHIND_PROXY"] = trusted_hosts is None if behind_proxy is None else behind_proxy
    app.config.update(IMPORT_REQUEST_BYTES=UPLOAD_BYTES, IMPORTS_TOTAL_BYTES=8 * UPLOAD_BYTES, IMPORTS_MOST=20)
    app.extensions["geogrid"] = Source(Path(project_path), opener or _open, clock)
    importing_service.install(app, app.extensions["geogrid"])
    editing.install(app, app.extensions["geogrid"])
    reached.install(app)
    sheetsmade.install(app)
    language.install(app)
    security.install(app)
    sessions.install(app, Path(project_path), is_secure=app.config["BEHIND_PROXY"])
    requestlog.install(app)
    exportlog.install(app)
    guard.install(app)
    accounts.install(app)
    login.install(app)
    words.install(app)
    navigation.install(app)
    suppressed.install(app)
    errors.install(app)
    for room in _ROOMS:
        app.register_blueprint(room.blueprint)
    return app


def _open(path: Path) -> Any:
    from geogrid.store import open_project

    return open_project(path)
