"""What GDAL says while it reads: part of the answer, never only a line on stderr."""

from __future__ import annotations

import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator


def reason(error: BaseException) -> str:
    """What an error says, on one line; its class where it says nothing."""
    return " ".join(str(error).split()) or type(error).__name__


@contextmanager
def messages(source: str, problems: list[Problem]) -> Iterator[None]:
    """Catch what GDAL says while reading, and add it to the problems: each message once, with its count."""
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        said = Counter(" ".join(str(one.message).split()) for one in caught)
        problems += [
            Problem(source, "problem.gdal_says", {"text": text, "count": count}, "warning")
            for text, count in said.items()
        ]
