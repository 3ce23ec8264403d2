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
        warning that names the encoding, or the possible ones, and one for each cell that is not certain.

    >>> rows = [["Hä tªn", 7], ["TrÇn V¨n D­¬ng", None]]
    >>> cells, encoding, problems = recode_cells(rows, "a.xlsx", "a.xlsx, cell {}{}".format)
    >>> cells, encoding, problems[0].message
    ((('Họ tên', 7), ('Trần Văn Dương', None)), 'TCVN3', 'problem.text_recoded')
    """
    texts = [cell for row in rows for cell in row if isinstance(cell, str)]
    verdict = weigh(texts)
    problems = told(texts, verdict, source)
    recoded: list[tuple[T | str, ...]] = []
    for number, row in enumerate(rows):
        cells: list[T | str] = []
        for column, cell in enumerate(row):
            if not isinstance(cell, str):
                cells.append(cell)
                continue
            found = recode_text(cell, verdict)
            cells.append(found.text)
            if found.message:
                facts: dict[str, Fact] = {"encoding": verdict.encoding, "words": ", ".join(found.words)}
                problems.append(Problem(address(number, column), found.message, facts, "warning"))
        recoded.append(tuple(cells))
    return tuple(recoded), verdict.encoding, problems
