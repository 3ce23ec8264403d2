"""What GDAL says while it reads: part of the answer, never only a line on stderr."""

from __future__ import annotations

import logging
import sys
import warnings
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from gis.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST: Final = 20  # different messages of one layer; a damaged file may have one for every feature
_LONGEST: Final = 300


def reason(error: BaseException) -> str:
    """What an error says, on one line; its class where it says nothing."""
    return _line(str(error)) or type(error).__name__


@contextmanager
def messages(source: str, problems: list[Problem]) -> Iterator[None]:
    """Add what either GDAL says while reading to the problems: each message once, with its count."""
    said: list[str] = []
    log, handler = logging.getLogger("fiona"), _Kept(said)
    log.addHandler(handler)
    propagated, log.propagate = log.propagate, False
    # fiona's handler of errors itself fails on a message that is no UTF-8; Python would print that.
    hook, sys.unraisablehook = sys.unraisablehook, lambda failed: said.append(repr(failed.exc_value))
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield
    finally:
        sys.unraisablehook = hook
        log.removeHandler(handler)
        log.propagate = propagated
        add_said(source, [*(str(one.message) for one in caught), *said], problems)


def add_said(source: str, texts: Iterable[str], problems: list[Problem]) -> None:
    """Add messages to problems, each once with its count; what is there already is not said again."""
    known = {problem.facts.get("text") for problem in problems if problem.source == source}
    said = Counter(line for line in map(_line, texts) if line and line not in known)
    problems += [
        Problem(source, "problem.gdal_says", {"text": text, "count": count}, "warning")
        for text, count in said.most_common(_MOST)
    ]
    if len(said) > _MOST:
        problems.append(Problem(source, "problem.gdal_says_more", {"count": len(said) - _MOST}, "warning"))


class _Kept(logging.Handler):
    """Keeps the texts of warnings and errors."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._texts = texts

    def emit(self, record: logging.LogRecord) -> None:
        self._texts.append(record.getMessage())


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]
