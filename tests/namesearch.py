"""Names of people, looked for in bytes in every spelling that may hold them."""

import io
import json
import re
import unicodedata
import zipfile
from functools import lru_cache
from itertools import groupby, takewhile


def people_of(project):
    """The names of a project's people (no organisations), by the id of their household."""
    with project.ledger.reading() as connection:
        rows = connection.exec_driver_sql("SELECT household_id, name, kind FROM household").all()
    return {row.household_id: row.name for row in rows if row.kind == "household"}


def found_names(received, names):
    """Those of the names that stand in the bytes, wherever they begin and end."""
    names_by_spelling, pattern = _searched(frozenset(names))
    return {names_by_spelling[spelling] for spelling in set(pattern.findall(received))}


def spellings(name):
    """A name as bytes may hold it: whole or decomposed letters, as they are, as JSON's or HTML's escapes."""
    for text in {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}:
        yield text.encode()
        yield json.dumps(text)[1:-1].encode()
        yield "".join(c if ord(c) < 128 else f"&#{ord(c)};" for c in text).encode()


@lru_cache(maxsize=4)
def _searched(names):
    """The names by their spellings, and one pattern for all: thousands of searches in megabytes take minutes."""
    by_spelling = {spelling: name for name in names for spelling in spellings(name)}
    return by_spelling, re.compile(_any_of(sorted(by_spelling)))


def _any_of(words):
    """A pattern for any of some words in order, what they begin with in common written once."""
    pairs = zip(words[0], words[-1], strict=False)  # in order: what these two share, all share
    start = words[0][: sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))]
    rests = [word[len(start) :] for word in words]
    longer = [list(group) for _, group in groupby(filter(None, rests), key=lambda rest: rest[:1])]
    if not longer:
        return re.escape(start)
    choice = b"|".join(map(_any_of, longer))
    return re.escape(start) + b"(?:" + choice + b")" + (b"?" if b"" in rests else b"")


def unpacked(content):
    """The bytes of a download; of a workbook those of its parts, which are packed."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return b"\n".join(map(parts.read, parts.namelist()))
