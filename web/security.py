"""Headers of every answer: a policy that lets nothing run or load but our own files, and a nonce per page."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g

_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; connect-src 'self';"
    " font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)


def nonce() -> str:
    """Return the nonce of this request, the same for header and page."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(16)
    return g.nonce


def install(app: Flask) -> None:
    """Put the headers on every answer and `nonce()` into templates."""
    app.jinja_env.globals["nonce"] = nonce
    app.after_request(_headers)


def _headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce())
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin"  # under no-referrer a browser sends our own forms with "Origin: null"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
