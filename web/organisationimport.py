"""A workbook of organisations and memberships brought in through the page: first what it would change, then, if that is still so, taken.

Nothing is kept between the two: the file comes again, with the stamp of what was seen.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from flask import current_app, request
from flask_babel import gettext as _

from geogrid.errors import ConflictError, GeogridError, InputError
from web import rostered
from web.accounts import current_user, project_path, require, whole_project
from web.language import language
from web.refusals import TooLargeError
from web.served import Served
from web.words import level_name

if TYPE_CHECKING:
    from geogrid.pipeline.update import Update
    from geogrid.reading.raw import RawLayer
    from geogrid.reading.sources import Sources

MOST_BYTES = 32 << 20
"""So large may a workbook be."""
ENDINGS = (".xlsx", ".csv")
ROLES = ("organisations", "memberships", "staff", "workplaces")
"""What the page takes."""
LISTED = 100
MODES = ("merge", "replace")


def may_bring() -> bool:
    """Tell whether the visitor may bring tables in: who plans for the whole district."""
    user = current_user()
    return user.may("planner") and not user.scope


def bring() -> dict[str, Any]:
    """Return what the workbook of this request changes: `seen taken roles rejected faults cover`.

    Raises InputError, ConflictError, ForbiddenError.
    """
    require("planner", whole=True)
    request.max_content_length = MOST_BYTES
    now = whole_project()
    name, body = _file()
    mode = request.form.get("mode", MODES[0])
    if mode not in MODES:
        raise InputError(f"mode {mode!r}: write merge or replace", f"方式“{mode}”：应为 merge 或 replace", field="mode", value=mode)
    seen = hashlib.sha256(b"\0".join((mode.encode(), now.version.encode(), body))).hexdigest()
    is_taken = bool(request.form.get("take"))
    if is_taken and request.form.get("seen") != seen:
        message = "the data or the file have changed since the preview: look at it again"
        raise ConflictError(message, "预览之后数据或文件已改变，请重新预览", units=[])
    planned = _planned(now, name, body, mode)
    told = {"seen": seen, "taken": is_taken, **_told(now, planned)}
    if is_taken:
        from geogrid.store.delivery import deliver

        deliver(project_path(), planned.delivery, author=current_user().name or "local", clock=current_app.extensions["geogrid"].clock)
    return told


def _file() -> tuple[str, bytes]:
    """Return the name and the bytes of the file that came."""
    if (request.content_length or 0) > MOST_BYTES:
        raise TooLargeError(f"the file has over {MOST_BYTES >> 20} MB", f"文件超过 {MOST_BYTES >> 20} MB", most=MOST_BYTES)
    found = request.files.get("file")
    name = Path(((found.filename if found else "") or "").replace("\0", "")).name[-100:]
    if found is None or Path(name).suffix.lower() not in ENDINGS:
        raise InputError("choose a workbook (.xlsx) or a table (.csv)", "请选择工作簿（.xlsx）或表格（.csv）", field="file", value=name)
    return name, found.read()


def _planned(now: Served, name: str, body: bytes, mode: str) -> Update:
    from geogrid.pipeline.update import plan_update

    with TemporaryDirectory(prefix="geogrid-") as folder:
        path = Path(folder) / name
        path.write_bytes(body)
        try:
            sources = _read(now, path)
        except GeogridError as error:  # where the service keeps the file for a moment is nobody's business
            before = folder + os.sep
            facts = {key: value.replace(before, "") if isinstance(value, str) else value for key, value in error.facts.items()}
            raise type(error)(error.message.replace(before, ""), error.message_zh.replace(before, ""), **facts) from error
    return plan_update(now.project, sources, mode=mode, now=current_app.extensions["geogrid"].clock())


def _read(now: Served, path: Path) -> Sources:
    """Read the tables of a file beside what the project has. Raises InputError and what reading raises."""
    from geogrid.pipeline.update import read_beside
    from geogrid.reading.draft import draft_layer
    from geogrid.reading.layers import read_layers
    from geogrid.recipe import InputSpec

    roles: dict[str, RawLayer] = {}
    for raw in read_layers(path):
        if len(raw.frame) or raw.faults:
            roles.setdefault(_role(raw, path.stem), raw)
    if not roles:
        raise InputError(f"{path.name}: holds no row", f"{path.name}：没有任何行", file=path.name)
    drafts = [draft_layer(raw, InputSpec(role, path, layer=raw.layer), path.parent) for role, raw in roles.items()]
    return read_beside(now.project, drafts, path, accept_rejects=True)


def _role(raw: RawLayer, stem: str) -> str:
    """Return which table a sheet is, by its name or else by its headings. Raises InputError."""
    from geogrid.inspection.roles import guess_roles

    names = [str(name) for name in raw.frame.columns]
    guesses = [guess.role for guess in guess_roles(raw.layer, stem, "", names, len(raw.frame))]
    role = raw.layer if raw.layer in ROLES else next((guess for guess in guesses if guess in ROLES), "")
    if not role:
        message = f"sheet {raw.layer}: is none of {', '.join(ROLES)}; name it so, or give it their headings"
        raise InputError(message, f"工作表“{raw.layer}”不是组织、隶属、人员或下沉单位表；请用这些名称，或写上它们的表头", layer=raw.layer)
    return role


def _told(now: Served, planned: Update) -> dict[str, Any]:
    zh = language() == "zh"
    names = {"organisations": _("organisations"), "memberships": _("memberships"), "staff": _("staff"), "workplaces": _("workplaces")}
    roles = [
        {
            "role": role,
            "name": names[role],
            "rows": len(planned.delivery.frames[role]),
            **change.counts,
            "lists": {key: list(getattr(change, key)[:LISTED]) for key in change.counts},
        }
        for role, change in planned.changes.items()
    ]
    rejected = [f"{line.layer} #{line.row}: {line.reason_zh if zh else line.reason}" for line in planned.rejected.itertuples()]
    faults = [f"{fault.table} #{fault.row}: {fault.zh if zh else fault.en}" for fault in planned.roster.faults if fault.table in planned.changes]
    return {
        "roles": roles,
        "changes": any(change.any for change in planned.changes.values()),
        "rejected": {"n": len(rejected), "lines": rejected[:LISTED]},
        "faults": {"n": len(faults), "lines": faults[:LISTED]},
        "cover": _cover(now, planned),
    }


def _cover(now: Served, planned: Update) -> list[dict[str, Any]]:
    """Return for each level that the scheme wants covered how many units have no organisation, before and after."""
    from geogrid.organisation.cover import find_cover, kinds_for

    scheme, when = now.project.scheme, current_app.extensions["geogrid"].clock()
    moments = [known.at(when) for known in (rostered.roster(now), planned.roster)]
    out = []
    for level in (level for level in now.project.levels if kinds_for(scheme, level)[1]):
        units = {level: now.project.units(level)}
        before, after = (len(find_cover(moment, scheme, units, level).without) for moment in moments)
        out.append({"name": level_name(scheme.level(level), plural=True), "before": before, "after": after})
    return out
