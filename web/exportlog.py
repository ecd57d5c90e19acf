"""Each file that is downloaded is noted in the project: who, what, when. Where that can not be done, a project with users gives no file."""

from __future__ import annotations

from flask import Flask, Response, current_app, request

from geogrid.errors import StoreError, one_line
from geogrid.store import accounts
from web.accounts import current_user, project_path
from web.errors import answer_error

MOST = 500


def install(app: Flask) -> None:
    """Look at every answer: what is to be kept as a file is an export, whoever makes it."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    attached = response.headers.get("Content-Disposition", "").startswith("attachment")
    if not attached or response.status_code != 200 or request.method != "GET":
        return response
    user = current_user()
    if user.is_local and not accounts.keeps_exports(project_path()):
        return response
    what = one_line(request.full_path.rstrip("?"))[:MOST]
    try:
        accounts.log_export(project_path(), user=user.name or user.role, what=what, clock=current_app.extensions["geogrid"].clock)
    except StoreError as error:
        if not user.is_local:
            return answer_error(error)
        current_app.logger.warning("an export is not noted: %s", error.message)
    return response
