"""The pages of imports: `/import` lists what was begun, `/import/<id>` goes through it step by step."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("importing", __name__)


@blueprint.get("/import/<import_id>")
def import_page(import_id: str) -> str:
    """Show one import."""
    return import_id
