"""The encoding of a file's texts: what the file states of it, and what its bytes show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyogrio

from gis.errors import Problem
from gis.legacy_text import Doubt, Verdict, doubts_told, recode_text, told, weigh
from gis.store.decoding import with_unique_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd


# One character a byte: what `gis.legacy_text` reads.
_BYTE_BY_BYTE: Final = "ISO-8859-1"
# Windows-1258, however a file spells its name.
_VIETNAMESE: Final = "1258"
_HEAD_BYTES: Final = 65_536
_DXF_VERSION: Final = re.compile(rb"\$ACADVER\s+1\s+(AC[0-9]+)")
_DXF_CODE_PAGE: Final = re.compile(rb"\$DWGCODEPAGE\s+3\s+(\S+)")
_DXF_OF_UTF8: Final = b"AC1021"  # AutoCAD 2007


@dataclass(frozen=True, slots=True)
class TextTable:
    """A layer as GDAL gives it, and what was found of its texts.

    Args:
        meta: pyogrio's description of the layer.
        table: Its rows; texts that nobody could decode hold one character a byte.
        verdict: The encoding of these texts.
        stated: False where the file did not state one, or stated one that is not true.
        broken: Rows and columns whose text has a letter cut in two; a "\ufffd" stands there.
    """

    meta: dict[str, Any]
    table: pa.Table
    verdict: Verdict
    stated: bool
    broken: tuple[tuple[int, str], ...] = ()


def read_table(path: Path, layer: str, info: Mapping[str, Any]) -> TextTable:
    """The rows of a layer, with its texts recognised by content where the file states no encoding.

    Raises:
        One of pyogrio's and pyarrow's errors: If GDAL cannot read the layer.
    """
    stated = _stated_encoding(path, str(info["driver"]))
    if stated is not None and (not stated or info["driver"] == "DXF" or _VIETNAMESE in stated):
        meta, table = _read_bytes(path, layer, str(info["driver"]))
        table = with_unique_names(table)
        verdict = _weigh_bytes(table)
        # GDAL must not read Windows-1258: it loses the last letter of each text, which may wait for its tone.
        by_byte = _VIETNAMESE in stated
        if by_byte and verdict.encoding is None and (not verdict.rivals or "CP1258" in verdict.rivals):
            verdict = Verdict("CP1258")
        # The header of a .dbf may name a code page: GDAL follows it, where nothing is recognised.
        if by_byte or verdict.encoding or (info["driver"] != "DXF" and info["encoding"] != "UTF-8"):
            return TextTable(meta, table, verdict, stated=False)
    meta, table = pyogrio.raw.read_arrow(path, layer=layer)
    table = with_unique_names(table)
    valid, broken, by_byte = _valid_texts(table)
    if by_byte:
        return TextTable(meta, valid, _weigh_bytes(valid), stated=False)
    return TextTable(meta, valid, weigh(_texts(valid)), stated=True, broken=broken)


def _stated_encoding(path: Path, driver: str) -> str | None:
    """What a Shapefile or an old DXF says of its texts, "" for nothing; None where the format settles it."""
    if driver == "ESRI Shapefile":
        found = [path.with_suffix(ending) for ending in (".cpg", ".CPG") if path.with_suffix(ending).exists()]
        return found[0].read_text("latin-1").strip() if found else ""
    if driver == "DXF":
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        version, code_page = _DXF_VERSION.search(head), _DXF_CODE_PAGE.search(head)
        if version is None or version.group(1) < _DXF_OF_UTF8:
            return code_page.group(1).decode("latin-1") if code_page else ""
    return None


def _read_bytes(path: Path, layer: str, driver: str) -> tuple[dict[str, Any], pa.Table]:
    """The rows of a layer, texts as one character a byte."""
    if driver != "DXF":
        read: tuple[dict[str, Any], pa.Table] = pyogrio.raw.read_arrow(
            path, layer=layer, encoding=_BYTE_BY_BYTE
        )
        return read
    pyogrio.set_gdal_config_options({"DXF_ENCODING": _BYTE_BY_BYTE})
    try:
        read = pyogrio.raw.read_arrow(path, layer=layer)
    finally:
        pyogrio.set_gdal_config_options({"DXF_ENCODING": None})
    return read


def recoded(
    source: str, info: Mapping[str, Any], frame: gpd.GeoDataFrame, texts: TextTable
) -> tuple[gpd.GeoDataFrame, str | None, list[Problem]]:
    """The frame with names and texts in Unicode (NFC), the encoding they were in, and what is told of it.

    Args:
        source: The place of the layer.
        info: pyogrio's description of the layer.
        frame: Made of `texts.table`.
        texts: What was found of the texts.
    """
    verdict, problems = texts.verdict, told(_texts(texts.table), texts.verdict, source)
    if verdict.encoding is None and not texts.stated:
        problems += _guessed(source, info, frame)
    for row, column in texts.broken:
        place, facts = f"{source}, feature {row + 1}", {"column": recode_text(column, verdict).text}
        problems.append(Problem(place, "problem.text_cut", facts, "warning"))
    doubts = []
    columns = {name: frame[name] for name in _text_columns(frame)}
    for name, column in columns.items():
        known = {text: recode_text(text, verdict) for text in {one for one in column if isinstance(one, str)}}
        if any(text != found.text for text, found in known.items()):
            texts_now = [known[v].text if isinstance(v, str) else v for v in column]
            frame = frame.assign(**{name: pd.Series(texts_now, column.index, column.dtype)})
        for row, value in enumerate(column):
            if isinstance(value, str) and known[value].message:
                place, title = f"{source}, feature {row + 1}", recode_text(name, verdict).text
                doubts.append(Doubt(place, title, row + 1, known[value].message, known[value].words))
    problems += doubts_told(doubts, verdict.encoding, source)
    encoding = info["encoding"] if verdict.encoding is None else verdict.encoding
    return frame.rename(columns=_new_names(frame, verdict)), encoding, problems


def _guessed(source: str, info: Mapping[str, Any], frame: gpd.GeoDataFrame) -> list[Problem]:
    """Texts whose encoding nobody states and nothing shows: their accented letters were guessed."""
    accented = [name for name in _text_columns(frame) if frame[name].dropna().map(_is_accented).any()]
    if not accented:
        return []
    encoding = info["encoding"] if info["encoding"] != "UTF-8" else _BYTE_BY_BYTE
    facts = {"encoding": encoding, "columns": ", ".join(accented)}
    return [Problem(source, "problem.encoding_guessed", facts, "warning")]


def _is_accented(value: object) -> bool:
    return isinstance(value, str) and not value.isascii()


def _text_columns(frame: gpd.GeoDataFrame) -> list[str]:
    texts = frame.drop(columns=frame.geometry.name).select_dtypes(["object", "string"])
    return [str(name) for name in texts]


def _new_names(frame: gpd.GeoDataFrame, verdict: Verdict) -> dict[str, str]:
    """Names of columns in Unicode, where they stay different from each other."""
    names = {str(name): recode_text(str(name), verdict).text for name in frame if name != frame.geometry.name}
    return names if len({*names.values(), frame.geometry.name}) == len(names) + 1 else {}


def _weigh_bytes(table: pa.Table) -> Verdict:
    """The encoding of texts that hold one character a byte."""
    texts = [text for text in _texts(table) if not text.isascii()]
    verdict = weigh(texts, raw=True)
    if verdict.encoding is None and texts and all(map(_is_utf8, texts)):
        return Verdict("UTF-8")  # of another language: no other encoding looks like it throughout
    return verdict


def _is_utf8(text: str) -> bool:
    try:
        text.encode(_BYTE_BY_BYTE).decode("utf-8")
    except UnicodeError:
        return False
    return True


def _texts(table: pa.Table) -> list[str]:
    """The names of columns and every distinct text of a table."""
    found = [str(name) for name in table.column_names]
    for name in _string_columns(table):
        found += [text for text in table.column(name).unique().to_pylist() if text]
    return found


def _string_columns(table: pa.Table) -> Iterator[str]:
    for field in table.schema:
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            yield field.name


def _valid_texts(table: pa.Table) -> tuple[pa.Table, tuple[tuple[int, str], ...], bool]:
    """The table with every text decoded, rows and columns of cut texts, and whether it is byte by byte.

    GDAL hands on the bytes of a text that it takes for UTF-8 (a .cpg that lies, MapInfo's "Neutral").
    """
    suspects = [name for name in _string_columns(table) if not _is_valid(table.column(name))]
    if not suspects:
        return table, (), False
    values = {name: table.column(name).cast(pa.binary()).to_pylist() for name in _string_columns(table)}
    high = {one for column in values.values() for one in column if one and not one.isascii()}
    cut = {one for one in high if not _decodes(one)}
    by_byte = len(cut) > len(high) / 2
    broken = []
    for name, column in values.items():
        decoded = [_decoded(one, by_byte=by_byte) for one in column]
        table = table.set_column(table.column_names.index(name), name, pa.array(decoded, pa.string()))
        broken += [(row, name) for row, one in enumerate(column) if one in cut and not by_byte]
    return table, tuple(broken), by_byte


def _decoded(value: bytes | None, *, by_byte: bool) -> str | None:
    if value is None:
        return None
    return value.decode(_BYTE_BY_BYTE) if by_byte else value.decode("utf-8", "replace")


def _decodes(value: bytes) -> bool:
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_valid(column: pa.ChunkedArray) -> bool:
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True
