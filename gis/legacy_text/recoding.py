"""All texts of a layer or a sheet to Unicode at once, and what is told of it. Pure: no file, no clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from gis.errors import Problem
from gis.legacy_text.decoding import WORD, Decoded, decode
from gis.legacy_text.recognising import Verdict, is_plain, reading, tokens_of, weigh
from gis.vietnamese import nfc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gis.errors import Fact
    from gis.legacy_text.tables import Encoding

T = TypeVar("T")
# More doubts in a column than these are one problem.
MOST_BY_ROW: Final = 5
_OF_COLUMN: Final = {
    "problem.text_case_unsure": "problem.text_case_unsure_column",
    "problem.text_doubtful": "problem.text_doubtful_column",
    "problem.text_two_readings": "problem.text_two_readings_column",
}
_NO_BREAKS: Final = re.compile(r"[\x00-\x1f]")


@dataclass(frozen=True, slots=True)
class Recoded:
    """One text after recoding.

    Args:
        text: The text in Unicode (NFC).
        message: Id of what is not certain about it, "" where nothing is.
        words: The words that this is about.
    """

    text: str
    message: str = ""
    words: tuple[str, ...] = ()


def recode_text(text: str, verdict: Verdict) -> Recoded:
    """One text by what was recognised of all.

    A text that reads as Vietnamese both as it stands and decoded is left where other texts are Unicode.

    Args:
        text: As the file holds it.
        verdict: Of all texts of its layer or sheet.
    """
    tokens = [token for token in tokens_of(text) if not is_plain(token)]
    if verdict.encoding is None or not (tokens or _has_codes(text)):
        return Recoded(nfc(text))
    decoded = decode(text, verdict.encoding)
    if decoded.text == nfc(text):
        return Recoded(decoded.text)
    if verdict.mixed:
        kept = _kept(text, tokens, decoded, verdict.encoding)
        if kept is not None:
            return kept
    if decoded.unsure:
        return Recoded(decoded.text, "problem.text_case_unsure", decoded.unsure)
    # UTF-8 is told by its bytes alone: its words may be of any language.
    checked = tokens if verdict.encoding != "UTF-8" else []
    wrong = [decode(t, verdict.encoding).text for t in checked if reading(t, verdict.encoding) == "wrong"]
    return Recoded(decoded.text, "problem.text_doubtful" if wrong else "", tuple(wrong))


def _has_codes(text: str) -> bool:
    return _NO_BREAKS.search(text) is not None


def _kept(text: str, tokens: Sequence[str], decoded: Decoded, encoding: Encoding) -> Recoded | None:
    """What becomes of a text beside Unicode texts that may be Unicode itself; None if it is to be decoded."""
    as_it_stands = {reading(token, None) for token in tokens}
    recoded = {reading(token, encoding) for token in tokens}
    if "wrong" in recoded or recoded == {"neither"}:
        return Recoded(nfc(text))
    if "wrong" in as_it_stands:
        return None
    return Recoded(nfc(text), "problem.text_two_readings", tuple(WORD.findall(decoded.text)))


def told(texts: Iterable[str], verdict: Verdict, source: str) -> list[Problem]:
    """What is told once of a layer or sheet: the encoding that was recognised, or those that are possible.

    A sample is one word, not a text: texts hold names of people.
    """
    if verdict.rivals:
        facts: dict[str, Fact] = {"encodings": ", ".join(verdict.rivals)}
        return [Problem(source, "problem.text_encoding_unknown", facts, "warning")]
    if verdict.encoding is None:
        return []
    for text in texts:
        for token in tokens_of(text):
            after = decode(token, verdict.encoding).text
            if after != token and reading(token, verdict.encoding) == "right":
                facts = {"encoding": verdict.encoding, "before": token, "after": after}
                return [Problem(source, "problem.text_recoded", facts, "warning")]
    return []


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is not certain about one text.

    Args:
        place: Where it stands, by which a person finds it.
        column: Name or letter of its column.
        row: From 1, as a person counts.
        message: As of `Recoded`.
        words: As of `Recoded`.
    """

    place: str
    column: str
    row: int
    message: str
    words: tuple[str, ...]


def doubts_told(doubts: Iterable[Doubt], encoding: Encoding | None, source: str) -> list[Problem]:
    """A warning for each doubt; one for a whole column where it has many, which names every row.

    Args:
        doubts: Of a layer or sheet.
        encoding: In which its texts were.
        source: The place of the layer or sheet.
    """
    columns: dict[tuple[str, str], list[Doubt]] = {}
    for doubt in doubts:
        columns.setdefault((doubt.column, doubt.message), []).append(doubt)
    problems = []
    for (column, message), found in columns.items():
        if len(found) <= MOST_BY_ROW:
            problems += [
                Problem(one.place, message, {"encoding": encoding, "words": ", ".join(one.words)}, "warning")
                for one in found
            ]
            continue
        words = dict.fromkeys(word for one in found for word in one.words)
        facts: dict[str, Fact] = {
            "encoding": encoding,
            "column": column,
            "count": len(found),
            "rows": spans(one.row for one in found),
            "words": ", ".join(list(words)[:MOST_BY_ROW]),
        }
        problems.append(Problem(source, _OF_COLUMN[message], facts, "warning"))
    return problems


def spans(rows: Iterable[int]) -> str:
    """Row numbers as a person writes them.

    >>> spans([3, 1, 2, 7, 9, 10])
    '1-3, 7, 9-10'
    """
    found: list[list[int]] = []
    for row in sorted(set(rows)):
        if found and row == found[-1][1] + 1:
            found[-1][1] = row
        else:
            found.append([row, row])
    return ", ".join(f"{first}-{last}" if last > first else str(first) for first, last in found)


def recode_cells(
    rows: Sequence[Sequence[T]], source: str, address: Callable[[int, int], str]
) -> tuple[tuple[tuple[T | str, ...], ...], Encoding | None, list[Problem]]:
    """The cells of a sheet in Unicode, the encoding that they were in, and what is told of it.

    Args:
        rows: Cells by row; what is no text stays as it is.
        source: The place of the sheet: `Table.source`.
        address: The place of a cell by row and column: `Table.address`.

    Returns:
        The cells with texts in NFC; the encoding, None where they were Unicode or it is not certain; a
        warning that names the encoding, or the possible ones, and what is not certain (`doubts_told`).

    >>> rows = [["Hä tªn", 7], ["TrÇn V¨n D­¬ng", None]]
    >>> cells, encoding, problems = recode_cells(rows, "a.xlsx", "a.xlsx, cell {}{}".format)
    >>> cells, encoding, problems[0].message
    ((('Họ tên', 7), ('Trần Văn Dương', None)), 'TCVN3', 'problem.text_recoded')
    """
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    verdict = weigh(texts)
    problems = told(texts, verdict, source)
    recoded: list[tuple[T | str, ...]] = []
    doubts = []
    for number, row in enumerate(rows):
        cells: list[T | str] = []
        for column, cell in enumerate(row):
            if not isinstance(cell, str):
                cells.append(cell)
                continue
            found = recode_text(cell, verdict)
            cells.append(found.text)
            if found.message:
                place = address(number, column)
                letter = place.rpartition(" ")[2].rstrip("0123456789")
                doubts.append(Doubt(place, letter, number + 1, found.message, found.words))
        recoded.append(tuple(cells))
    return tuple(recoded), verdict.encoding, problems + doubts_told(doubts, verdict.encoding, source)
