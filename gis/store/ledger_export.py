"""The ledger as a text file: one line an entry, for `docs/verify_ledger.py` and for other eyes."""

from __future__ import annotations

import csv
import json
import os
import tempfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from gis.errors import FileUnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis.ledger.chain import Row

COLUMNS = ("seq", "body", "hash")


def write_export(path: Path, rows: Iterable[Row]) -> int:
    """Write seq, body and hash of every row: CSV if the name ends in .csv, else JSON Lines.

    Both UTF-8. The file appears whole or not at all. Bodies hold no names: the register is not in it.

    Args:
        path: Replaced if it is there; its folder must be there.
        rows: In seq order.

    Returns:
        How many were written.

    Raises:
        FileUnwritableError: If it cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        part = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                count = (_write_csv if path.suffix.lower() == ".csv" else _write_json)(file, rows)
                file.flush()
                os.fsync(file.fileno())
            part.chmod(0o644)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise FileUnwritableError(file=str(path), reason=error.strerror) from error
    return count


def _write_csv(file: IO[str], rows: Iterable[Row]) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    count = 0
    for row in rows:
        count += 1
        writer.writerow([row.seq, row.body, row.hash])
    return count


def _write_json(file: IO[str], rows: Iterable[Row]) -> int:
    count = 0
    for row in rows:
        count += 1
        line = {"seq": row.seq, "body": row.body, "hash": row.hash}
        file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    return count
