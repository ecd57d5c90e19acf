"""One table from errors to HTTP status; programs get JSON, people get a page in their language."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.exceptions import HTTPException, SecurityError

from geogrid.errors import ConflictError, EditError, GeogridError, InputError, NotFoundError, StoreError
from web.editrows import plain
from web.language import language
from web.refusals import BusyError, EditsError, ForbiddenError, SignInError, TooLargeError, UnusableRowsError

STATUS: dict[type[GeogridError], int] = {NotFoundError: 404, InputError: 400, StoreError: 503, GeogridError: 400}
STATUS |= {SignInError: 401, ForbiddenError: 403, BusyError: 409, EditsError: 409, TooLargeError: 413, UnusableRowsError: 422}
STATUS |= {ConflictError: 409, EditError: 422}

# What HTTP itself may refuse: code, English, Chinese.
_HTTP = {
    400: ("bad_request", "The request can not be understood.", "请求有误，无法理解。"),
    404: ("not_found", "There is no such page.", "没有这个页面。"),
    405: ("method_not_allowed", "This address can only be read.", "此地址只能读取。"),
    413: ("too_large", "The request is too large.", "请求内容过大。"),
    500: ("internal", "Something went wrong in the service; the log has the details.", "服务内部出错，详情见运行日志。"),
}
_TITLES = {
    400: lazy_gettext("The request can not be understood"),
    401: lazy_gettext("Sign in first"),
    403: lazy_gettext("This is not allowed here"),
    404: lazy_gettext("Not found"),
    503: lazy_gettext("The project can not be opened"),
}


def install(app: Flask) -> None:
    """Register the two handlers."""
    app.register_error_handler(GeogridError, answer_error)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def status_of(error: GeogridError) -> int:
    """Return the HTTP status of an error: that of the nearest class in the table.

    >>> status_of(NotFoundError("no unit 7"))
    404
    """
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def answer_error(error: GeogridError) -> Response:
    """Answer with an error of the program's own."""
    return _answer(status_of(error), error.code, error.message, error.message_zh, error.facts)


def _http(error: HTTPException) -> Response:
    if isinstance(error, SecurityError):
        # Asked for by a foreign host name: nothing of ours may be told, and no address can be made.
        return Response("400\n", status=400, mimetype="text/plain")
    status = error.code or 500
    if 300 <= status < 400:
        return error.get_response()
    phrase = HTTPStatus(status).phrase
    return _answer(status, *_HTTP.get(status, (phrase.lower().replace(" ", "_"), phrase, phrase)), {})


def _unforeseen(error: Exception) -> Response:
    current_app.logger.error("unforeseen error at %s", request.path, exc_info=error)
    return _answer(500, *_HTTP[500], {})


def _links(facts: dict) -> dict[str, list[str]]:
    """Return what an error's page links to: the units that came after one that is no more."""
    return {"successors": [code for code in facts.get("successors", ()) if isinstance(code, str)]}


def _answer(status: int, code: str, message: str, message_zh: str, facts: dict) -> Response:
    if request.path.startswith(("/api/", "/data/", "/tiles/")):
        details = {name: plain(value) for name, value in facts.items()}
        response = jsonify({"error": code, "message": message, "message_zh": message_zh, "details": details})
    else:
        english = language() == "en"
        title = _TITLES.get(status, _("Something went wrong"))
        response = make_response(
            render_template("error.html", status=status, title=title, sentence=message if english else message_zh, **_links(facts))
        )
    response.status_code = status
    return response
