"""Tables written as text, for the tests of lists: a row a line, cells by "|", "~" a cell merged with the one above,
"<" with the one to its left; numbers and days as a spreadsheet's own where written #207.4 and @2026-03-01."""

from __future__ import annotations

from datetime import date

from gis.table import Table


def cell(text):
    text = text.strip()
    if text in {"", "~", "<"}:
        return None
    if text.startswith("#") and text[1:2].isdigit():
        return float(text[1:])
    return date.fromisoformat(text[1:]) if text.startswith("@") else text


def table(text, sheet="Danh sách", file="theo doi.xlsx"):
    marks = [[part.strip() for part in line.split("|")] for line in text.strip("\n").split("\n")]
    width = max(map(len, marks))
    marks = [row + [""] * (width - len(row)) for row in marks]
    rows = tuple(tuple(map(cell, row)) for row in marks)
    return Table(file, sheet, rows, tuple(merges(marks)))


def merges(marks):
    """Ranges that "~" and "<" make."""
    for r, row in enumerate(marks):
        for c, mark in enumerate(row):
            if mark in {"~", "<"}:
                continue
            right = c
            while right + 1 < len(row) and row[right + 1] == "<":
                right += 1
            down = r
            while down + 1 < len(marks) and marks[down + 1][c] == "~":
                down += 1
            if (right, down) != (c, r):
                yield (r, c, down, right)


def messages(found):
    return [(problem.source.rpartition(", ")[2], problem.message) for problem in found.problems]
