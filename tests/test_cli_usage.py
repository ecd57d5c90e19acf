"""Usage that can not be understood is one line that says what, what is near it, and where its help is."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from geogrid.cli import main

LINES = [
    (["build"], "geogrid build: RECIPE is missing; see geogrid build --help", "geogrid build: 缺少参数 RECIPE；用法见 geogrid build --help"),
    (
        ["valdate", "x"],
        "geogrid: no command 'valdate'; did you mean validate?; see geogrid --help",
        "geogrid: 没有命令 'valdate'；是否想写 validate？",
    ),
    (["simulate", "lubei"], "geogrid simulate: option --out is missing", "geogrid simulate: 缺少选项 --out"),
    (["validate", "x", "--tolerence", "1"], "did you mean --tolerance?", "是否想写 --tolerance？"),
    (["validate", "x", "--tolerance", "-1"], "geogrid validate: --tolerance: ", "geogrid validate: --tolerance："),
    (["build", "a", "b", "--out", "c"], "extra argument (b)", "多余的参数（b）"),
    (["undo", "x", "--base-version", "y"], "--base-version: 'y' is not a valid integer", "--base-version：'y' 不是数；用法见"),
    (["edit", "x", "no.jsonl", "--base-version", "1"], "'no.jsonl': No such file or directory", "EDITS.jsonl：没有文件 'no.jsonl'；用法见"),
    (["validate", "x", "--lang", "fr"], "--lang: 'fr' is not one of", "--lang：'fr' 不是 'zh', 'en' 之一"),
    (["--nothing"], "geogrid: no option --nothing; see geogrid --help", "geogrid: 没有选项 --nothing；用法见 geogrid --help"),
]


@pytest.mark.parametrize(("line", "en", "zh"), LINES, ids=[" ".join(line) for line, _, _ in LINES])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_usage_that_is_not_understood_is_one_line_and_exit_2(line: list[str], en: str, zh: str, language: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GEOGRID_LANG", language)
    done = CliRunner().invoke(main, line, prog_name="geogrid")
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert (en if language == "en" else zh) in done.stderr


def test_the_bare_command_prints_its_help():
    done = CliRunner().invoke(main, [], prog_name="geogrid")
    assert "validate" in done.output
    assert "Usage" in done.output
