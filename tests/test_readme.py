"""The README says what is so: its session gives its output, its tables name what there is."""

import importlib
import io
import pkgutil
import re
import shlex
import shutil
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest
import typer.main

from gis import cli
from gis.cli import common, main
from gis.texts import Texts

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def session():
    """(command, output) in the order of the README's console block."""
    block = re.search(r"```console\n(.*?)```", README, re.DOTALL)[1]
    return [
        (part.partition("\n")[0], part.partition("\n")[2])
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    ]


def shown(text):
    """Output with what differs from machine to machine taken out."""
    text = re.sub(r"[0-9a-f]{64}", "<hash>", text)
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@pytest.fixture
def english(monkeypatch):
    english = replace(common.T, language="en")
    for found in pkgutil.iter_modules(cli.__path__, "gis.cli."):
        module = importlib.import_module(found.name)
        if hasattr(module, "T"):
            monkeypatch.setattr(module, "T", english)


def test_session__gives_the_output_that_it_shows(sample_copy, english, monkeypatch):
    monkeypatch.setenv("GPMB_PROJECT", str(sample_copy))
    commands = session()
    assert len(commands) >= 5
    for command, output in commands:
        said = io.StringIO()
        words = shlex.split(command)
        assert words[:3] == ["python", "-m", "gis"]
        with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit):
            main.run(words[3:])
        assert shown(said.getvalue()) == shown(output), command


def table(heading):
    """First cells of the table under a heading."""
    section = README.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `([^`]+)`", section, re.MULTILINE)


def test_commands__are_all_in_the_table():
    there = set(typer.main.get_command(main.app).commands)
    assert set(table("The commands")) == there


def test_modules__are_all_in_the_table():
    there = {f"gis/{path.name}/" for path in (ROOT / "gis").iterdir() if (path / "__init__.py").exists()}
    there |= {f"gis/{path.name}" for path in (ROOT / "gis").glob("*.py") if not path.name.startswith("__")}
    assert set(table("The modules")) == there


def test_pages__are_all_in_the_table():
    """By their titles in the sidebar; one that the sidebar hides has none there."""
    frame = (ROOT / "gis" / "web" / "pages" / "main.py").read_text("utf-8")
    titles = re.findall(r'st\.Page\([^\n]*title=words\("([\w.]+)"\)(?![^\n]*visibility="hidden")', frame)
    assert len(titles) > 10
    section = README.partition("## The pages\n")[2].partition("\n## ")[0]
    first_cells = {
        name.strip()
        for row in re.findall(r"^\| ([^|]+) \|", section, re.MULTILINE)
        for name in row.split("·")
    }
    assert {Texts("vi")(title) for title in titles} <= first_cells


def test_links__lead_somewhere():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_start_commands__are_there():
    assert (ROOT / "start.py").exists()
    assert "python3 start.py test" in README
    assert shutil.which("python3")
