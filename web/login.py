"""Signing in and out, and one's own password: `/login`, `/logout`, `/account`."""

from __future__ import annotations

from urllib.parse import urlsplit

import flask_login
from flask import Blueprint, Flask, Response, current_app, make_response, redirect, render_template, request, session
from flask_babel import gettext as _

from geogrid.store import accounts
from web import passwords
from web.accounts import User, current_user, project_path, roll
from web.errors import answer_error
from web.language import language, link
from web.refusals import SignInError

blueprint = Blueprint("login", __name__)


def install(app: Flask) -> None:
    """Send who must sign in first to the page where one does; a program gets 401."""
    app.extensions["geogrid.attempts"] = passwords.Attempts()
    app.register_error_handler(SignInError, _must_sign_in)
    app.register_blueprint(blueprint)
    app.jinja_env.globals["role_name"] = role_name


def role_name(role: str) -> str:
    """Return what a role is called."""
    return {"resident": _("resident"), "viewer": _("viewer"), "planner": _("planner"), "administrator": _("administrator")}[role]


def _must_sign_in(error: SignInError) -> Response:
    is_page = request.method == "GET" and not request.path.startswith(("/api/", "/data/", "/tiles/", "/download/"))
    if is_page and "Authorization" not in request.headers:
        return redirect(link("login.login_page", next=request.full_path.rstrip("?")))
    answer = answer_error(error)
    answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


@blueprint.get("/login")
def login_page() -> Response | str:
    """谁在用？"""
    return _page("")


@blueprint.post("/login")
def sign_in() -> Response | tuple[Response, int]:
    """Sign in; a wrong name and a wrong password get one answer, and take as long."""
    name, password = request.form.get("name", "").strip(), request.form.get("password", "")
    attempts: passwords.Attempts = current_app.extensions["geogrid.attempts"]
    who = (name.casefold(), request.remote_addr or "")
    if wait := attempts.wait_s(*who):
        return _page(_("Too many wrong passwords. Try again in %(n)s minutes.", n=-(-wait // 60)), name), 429
    account = accounts.find_account(project_path(), name) if name else None
    if not passwords.is_right(account.password if account else "", password) or account is None:
        attempts.failed(*who)
        return _page(_("Name or password is wrong."), name), 403
    attempts.passed(*who)
    _begin(account)
    return redirect(safe_next(request.form.get("next", "")) or link("pages.overview_page"))


def _begin(account: accounts.Account) -> None:
    session.clear()  # whatever was in the browser before was nobody's
    session.permanent = True
    flask_login.login_user(User(account.name, account.role, account.scope, session=account.session))


@blueprint.post("/logout")
def sign_out() -> Response:
    """Sign out of this browser."""
    session.clear()
    return redirect(link("pages.overview_page"))


@blueprint.get("/account")
def account_page() -> str:
    """Show who one is here."""
    return _account("", "")


@blueprint.post("/account")
def change_password() -> Response | tuple[str, int]:
    """Give oneself another password; every other browser is signed out."""
    user = current_user()
    known = roll().of_session(user.session)
    attempts: passwords.Attempts = current_app.extensions["geogrid.attempts"]
    who = (user.name.casefold(), request.remote_addr or "")
    if attempts.wait_s(*who) or known is None or not passwords.is_right(known.password, request.form.get("old", "")):
        attempts.failed(*who)
        return _account(_("The present password is wrong."), ""), 403
    new = request.form.get("new", "")
    if new != request.form.get("again", ""):
        return _account(_("The new passwords differ."), ""), 400
    if said := passwords.fault(new, user.name):
        return _account(said[language()], ""), 400
    _begin(accounts.change_account(project_path(), user.name, password=passwords.hashed(new)))
    return redirect(link("login.account_page", done=1))


def _account(wrong: str, done: str) -> str:
    done = done or (_("The password is changed; other browsers are signed out.") if request.args.get("done") and not wrong else "")
    return render_template("account.html", page="account", wrong=wrong, done=done, user=current_user(), least=passwords.LEAST)


def _page(wrong: str, name: str = "") -> Response:
    insecure = current_app.config["SESSION_COOKIE_SECURE"] and not request.is_secure
    told = {"wrong": wrong, "name": name, "insecure": insecure, "next": safe_next(request.values.get("next", ""))}
    return make_response(render_template("login.html", page="login", has_users=roll().has_any(), **told))


def safe_next(address: str) -> str:
    """Return an address of this service to go to after signing in, "" for any other.

    >>> safe_next("/units/1?x=1"), safe_next("//evil.example"), safe_next("/\\\\evil.example"), safe_next("https://evil.example")
    ('/units/1?x=1', '', '', '')
    """
    parts = urlsplit(address) if address.isprintable() else None
    if parts is None or parts.scheme or parts.netloc or not address.startswith("/") or address.startswith("//") or "\\" in address:
        return ""
    return address
