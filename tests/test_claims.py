"""What docs/tai-khoan.md promises, and the tests that it names for it."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
ROWS = re.findall(
    r"^\| (.+?) \| (`.+`) \|$",
    (TESTS.parent / "docs/tai-khoan.md").read_text("utf-8").partition("## Điều nào được kiểm thử")[2],
    re.MULTILINE,
)


@cache
def names_in(file):
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_claims__there_are_some():
    assert len(ROWS) > 15


@pytest.mark.parametrize(("claim", "named"), ROWS)
def test_claims__each_names_tests_that_there_are(claim, named):
    for one in re.findall(r"`([^`]+)`", named):
        file, _, test = one.partition("::")
        assert test in names_in(file), one
