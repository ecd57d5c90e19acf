"""Usage that can not be understood, said in one line and in the user's language, where Click would print three in English."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from geogrid.cli.language import language

_WORDS = {
    "missing_argument": {"en": "{name} is missing", "zh": "缺少参数 {name}"},
    "missing_option": {"en": "option {name} is missing", "zh": "缺少选项 {name}"},
    "no_option": {"en": "no option {name}", "zh": "没有选项 {name}"},
    "no_command": {"en": "no command {name}", "zh": "没有命令 {name}"},
    "bad_value": {"en": "{name}: {said}", "zh": "{name}：{said}"},
    "near": {"en": "; did you mean {near}?", "zh": "；是否想写 {near}？"},
    "help": {"en": "; see {path} --help", "zh": "；用法见 {path} --help"},
}

_CLICK_ZH = (
    (r"(.+) is not one of (.+)", "{0} 不是 {1} 之一"),
    (r"(.+) is not in the range (.+)", "{0} 不在范围 {1} 内"),
    (r"(.+) is not a valid (?:integer|float).*", "{0} 不是数"),
    (r"(.+): No such file or directory", "没有文件 {0}"),
    (r"(?:File|Path|Directory) (.+) does not exist", "没有 {0}"),
    (r"(.+): Is a directory", "{0} 是文件夹"),
    (r"(.+): Permission denied", "没有打开 {0} 的权限"),
    (r"No such command (.+)", "没有命令 {0}"),
    (r"Got unexpected extra arguments? \((.+)\)", "多余的参数（{0}）"),
)
"""What Click says, and the same in Chinese."""


class UsageLine(click.ClickException):
    """A usage error in one line; exit code 2."""

    exit_code = 2

    def show(self, file: IO[Any] | None = None) -> None:
        """Print the line on stderr."""
        click.echo(self.message, file=file, err=True)


class NoCommandError(click.UsageError):
    """A command that there is not."""

    def __init__(self, name: str, known: list[str], ctx: click.Context) -> None:
        super().__init__(f"no command {name!r}", ctx)
        self.name, self.near = name, difflib.get_close_matches(name, known, 1)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Turn Click's usage errors into a UsageLine; the help that a bare command prints stays."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise UsageLine(" ".join(words(error).split())) from None


def words(error: click.UsageError) -> str:
    """Say what is wrong with the usage, what is near it, and where its help is."""
    path = error.ctx.command_path if error.ctx else "geogrid"
    near = ""
    if isinstance(error, NoCommandError):
        said, near = _said("no_command", name=repr(error.name)), "".join(error.near)
    elif isinstance(error, click.NoSuchOption):
        said, near = _said("no_option", name=error.option_name), ", ".join(sorted(error.possibilities or []))
    elif isinstance(error, click.MissingParameter):
        kind = "missing_argument" if isinstance(error.param, click.Argument) else "missing_option"
        said = _said(kind, name=_name(error))
    elif isinstance(error, click.BadParameter):
        said = _said("bad_value", name=_name(error), said=_clicks(error.message))
    else:
        said = _clicks(error.format_message())
    hint = _said("near", near=near) if near else ""
    return f"{path}: {said}{hint}{_said('help', path=path)}"


def _clicks(message: str) -> str:
    """Return a sentence of Click in the user's language, where it is known."""
    said = message.rstrip(".")
    for pattern, zh in _CLICK_ZH if language() == "zh" else ():
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return zh.format(*found.groups())
    return said


def _name(error: click.BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.make_metavar(error.ctx) if isinstance(error.param, click.Argument) and error.ctx else error.param.opts[0]


def _said(key: str, **facts: str) -> str:
    return _WORDS[key][language()].format_map(facts)
