"""Ids that are given once."""

from __future__ import annotations

import pandas as pd
import pytest

from gis.boundaries.uids import assign_uids
from gis.errors import DuplicateIdError


def units(*keys: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(keys, columns=["commune", "sheet", "number"])


def test_assign_uids__first_import_in_file_order() -> None:
    named, next_uid = assign_uids(units(("1", "7", "9"), ("1", "7", "10"), ("2", "7", "9")), None, "P", 1)
    assert list(named.index) == ["P000001", "P000002", "P000003"]
    assert (named.index.name, next_uid) == ("parcel_id", 4)


def test_assign_uids__keys_keep_their_ids_and_gone_ids_never_return() -> None:
    first, next_uid = assign_uids(units(("1", "7", "1"), ("1", "7", "2")), None, "P", 1)
    second, next_uid = assign_uids(units(("1", "7", "3"), ("1", "7", "1")), first, "P", next_uid)
    assert list(second.index) == ["P000003", "P000001"]
    third, next_uid = assign_uids(
        units(
            ("1", "7", "2"),
        ),
        second,
        "P",
        next_uid,
    )
    assert (list(third.index), next_uid) == (["P000004"], 5), "P000002 was of a parcel that is gone"


def test_assign_uids__other_commune_or_spelling_is_another_parcel() -> None:
    first, next_uid = assign_uids(units(("15895", "1", "12")), None, "P", 1)
    second, _ = assign_uids(
        units(("15910", "1", "12"), ("15895", "1", "12a"), ("15895", "1", "12")), first, "P", next_uid
    )
    assert list(second.index) == ["P000002", "P000003", "P000001"]


def test_assign_uids__features_by_their_code() -> None:
    named, _ = assign_uids(units(("1", "", "K01")), None, "F", 7)
    assert list(named.index) == ["F000007"]


def test_assign_uids__refuses_a_key_that_stands_twice() -> None:
    with pytest.raises(DuplicateIdError, match="1 / 7 / 9"):
        assign_uids(units(("1", "7", "9"), ("1", "7", "9")), None, "P", 1)
    with pytest.raises(DuplicateIdError):
        assign_uids(units(("1", "7", "1")), units(("1", "7", "9"), ("1", "7", "9")), "P", 1)
