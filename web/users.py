"""`geogrid users PROJECT …`: who may use a project, what each may do and see, tokens for scripts, and who exported what.

Whoever may write the file may run this: it is the way in where nobody can sign in any more. Passwords are asked for, or read from standard
input where that is no terminal; they never stand on the command line, which others can see.
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from geogrid.cli.language import language
from geogrid.errors import InputError
from geogrid.store import accounts

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_ROLE = click.Choice(accounts.ROLES)
_TOKEN_BYTES = 32


@click.group(epilog="Example: geogrid users lixia.gpkg add wang --role planner --scope 130203101001")
@click.argument("project", type=click.Path(path_type=Path))
@click.pass_context
def users(ctx: click.Context, project: Path) -> None:
    """Say who may use PROJECT: add list role scope password token remove exports.

    A viewer sees, a planner edits, an administrator adopts plans and brings data in; with a scope, only inside one unit.
    Each takes --json.
    """
    ctx.obj = project


@users.command(epilog="Example: geogrid users lixia.gpkg add wang --role planner --scope 130203101001")
@click.argument("name")
@click.option("--role", type=_ROLE, default="viewer", show_default=True, help="What the user may do.")
@click.option("--scope", default="", metavar="CODE", help="The unit that the user is confined to [default: the whole district].")
@click.option("--no-password", is_flag=True, help="For a script, which comes with a token only.")
@_JSON
@click.pass_obj
def add(project: Path, name: str, role: str, scope: str, no_password: bool, as_json: bool) -> None:
    """Add a user."""
    first = not accounts.has_accounts(project)
    password = "" if no_password else _asked(name)
    account = accounts.add_account(project, name, role=role, scope=scope, password=password, clock=_now)
    _tell(as_json, account, f"{account.name}: {role}", f"{account.name}：{role}")
    if first and not as_json:
        said = "The project has users now: whoever is not signed in sees as a resident."
        click.echo(_either("项目已有用户：未登录者只能以居民身份查看。", said), err=True)


@users.command("list", epilog="Example: geogrid users lixia.gpkg list")
@_JSON
@click.pass_obj
def list_(project: Path, as_json: bool) -> None:
    """List the users with role, scope and tokens."""
    known, tokens = accounts.list_accounts(project), accounts.list_tokens(project)
    rows = [{**_shown(each), "tokens": [token.label for token in tokens if token.account == each.name]} for each in known]
    if as_json:
        click.echo(json.dumps({"users": rows}, ensure_ascii=False))
        return
    for row in rows:
        click.echo("\t".join([row["name"], row["role"], row["scope"] or "-", ", ".join(row["tokens"]) or "-"]))
    if not rows:
        click.echo(_either("没有用户：服务只对本机开放。", "No users: the service answers to this machine only."), err=True)


@users.command(epilog="Example: geogrid users lixia.gpkg role wang administrator")
@click.argument("name")
@click.argument("role", type=_ROLE)
@_JSON
@click.pass_obj
def role(project: Path, name: str, role: str, as_json: bool) -> None:
    """Give a user another role, at once."""
    _tell(as_json, accounts.change_account(project, name, role=role), f"{name}: {role}", f"{name}：{role}")


@users.command(epilog="Example: geogrid users lixia.gpkg scope wang 130203101001")
@click.argument("name")
@click.argument("code", default="")
@_JSON
@click.pass_obj
def scope(project: Path, name: str, code: str, as_json: bool) -> None:
    """Confine a user to the unit CODE and what is below it; without CODE, to nothing."""
    account = accounts.change_account(project, name, scope=code)
    _tell(as_json, account, f"{name}: {code or 'the whole district'}", f"{name}：{code or '全区'}")


@users.command(epilog="Example: geogrid users lixia.gpkg password wang")
@click.argument("name")
@_JSON
@click.pass_obj
def password(project: Path, name: str, as_json: bool) -> None:
    """Give a user another password; every browser of his is signed out."""
    account = accounts.change_account(project, name, password=_asked(name))
    _tell(as_json, account, f"{name}: the password is changed", f"{name}：密码已更改")


@users.command(epilog="Example: geogrid users lixia.gpkg token nightly --label backup")
@click.argument("name")
@click.option("--label", default="script", show_default=True, help="What it is for; an older token of that label ends.")
@click.option("--revoke", is_flag=True, help="End the token of that label instead.")
@_JSON
@click.pass_obj
def token(project: Path, name: str, label: str, revoke: bool, as_json: bool) -> None:
    """Make a token for a script, shown this once: it is sent as `Authorization: Bearer TOKEN`."""
    if revoke:
        accounts.remove_token(project, name, label)
        click.echo(json.dumps({"name": name, "label": label, "revoked": True}) if as_json else _either(f"{label}：已停用", f"{label}: ended"))
        return
    made = "gg_" + secrets.token_urlsafe(_TOKEN_BYTES)
    accounts.add_token(project, name, label, accounts.digest_of(made), clock=_now)
    click.echo(json.dumps({"name": name, "label": label, "token": made}) if as_json else made)
    if not as_json:
        click.echo(_either("请现在记下：以后不再显示。", "Note it now: it is not shown again."), err=True)


@users.command(epilog="Example: geogrid users lixia.gpkg remove wang")
@click.argument("name")
@_JSON
@click.pass_obj
def remove(project: Path, name: str, as_json: bool) -> None:
    """Remove a user with his tokens, at once; what he did stays in the log under his name."""
    accounts.remove_account(project, name)
    click.echo(json.dumps({"name": name, "removed": True}) if as_json else _either(f"{name}：已删除", f"{name}: removed"))


@users.command(epilog="Example: geogrid users lixia.gpkg exports --json")
@_JSON
@click.pass_obj
def exports(project: Path, as_json: bool) -> None:
    """List who took what out of the project, and when."""
    rows = accounts.list_exports(project)
    if as_json:
        click.echo(json.dumps({"exports": [row._asdict() for row in rows]}, ensure_ascii=False))
    else:
        click.echo("\n".join("\t".join(row) for row in rows), nl=bool(rows))


def _asked(name: str) -> str:
    """Return the hash of a password that is typed twice, or stands on the first line of standard input. Raises InputError for a poor one."""
    from web import passwords

    if sys.stdin.isatty():
        typed = click.prompt(_either("密码", "Password"), hide_input=True, confirmation_prompt=_either("再输一次", "Once more"), err=True)
    else:
        typed = sys.stdin.readline().rstrip("\r\n")
    if said := passwords.fault(typed, name):
        raise InputError(said["en"], said["zh"], field="password")
    return passwords.hashed(typed)


def _tell(as_json: bool, account: accounts.Account, english: str, chinese: str) -> None:
    click.echo(json.dumps(_shown(account), ensure_ascii=False) if as_json else _either(chinese, english))


def _shown(account: accounts.Account) -> dict[str, Any]:
    return {
        "name": account.name,
        "role": account.role,
        "scope": account.scope,
        "has_password": bool(account.password),
        "created_at": account.created_at,
    }


def _now() -> datetime:
    return datetime.now(UTC)


def _either(chinese: str, english: str) -> str:
    return chinese if language() == "zh" else english
