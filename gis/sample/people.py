"""Invented households and what each of them holds.

Names are put together by chance from common syllables and carry the word "mẫu" (sample).
Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from gis.sample.chance import chance, chances

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

HOUSEHOLDS: Final = 1990
HAMLETS_PER_COMMUNE: Final = 5
SHARED: Final = (0.91, 0.06, 0.02, 0.01)  # one holder, fractions, square metres, not determined
OFFICERS: Final = ("can-bo-1", "can-bo-2", "can-bo-3", "can-bo-4", "can-bo-5")
HOLDINGS_COLUMNS: Final = ["commune", "sheet", "number", "household_id", "part", "from"]
SAMPLE_MARK: Final = "(mẫu)"
PUBLIC_USES: Final = frozenset({"NTD", "DVH"})
WORKS_USES: Final = frozenset({"SKC", "TMD"})

_SURNAMES: Final = (
    *("Nguyễn", "Lê", "Trần", "Phạm", "Hoàng", "Trịnh", "Đỗ", "Bùi", "Vũ", "Ngô", "Mai"),
    *("Cao", "Lương", "Hà", "Đặng", "Đinh", "Lưu", "Tạ"),
)
_SURNAME_WEIGHTS: Final = (20, 22, 8, 7, 7, 6, 5, 4, 4, 3, *(2,) * 6, 1, 1)
_MIDDLES: Final = {
    "men": ("Văn", "Văn", "Đình", "Xuân", "Hữu", "Minh", "Ngọc", "Quang", "Bá", "Trọng", "Đức"),
    "women": ("Thị", "Thị", "Thị", "Thị", "Thu", "Ngọc", "Kim"),
}
_GIVEN: Final = {
    "men": (
        *("An", "Bình", "Chiến", "Cường", "Dũng", "Đông", "Hải", "Hòa", "Hùng", "Khánh", "Long"),
        *("Mạnh", "Nam", "Phúc", "Quân", "Sơn", "Tài", "Thành", "Thắng", "Tiến", "Tuấn", "Vinh"),
    ),
    "women": (
        *("Anh", "Bích", "Chi", "Dung", "Hà", "Hạnh", "Hiền", "Hoa", "Hồng", "Huệ", "Lan", "Liên"),
        *("Loan", "Mai", "Nga", "Nhung", "Oanh", "Phương", "Thảo", "Thủy", "Tuyết", "Yến"),
    ),
}
_ORGANISATIONS: Final = (
    ("Hợp tác xã dịch vụ nông nghiệp Hoằng Trinh", "15895"),
    ("Hợp tác xã dịch vụ nông nghiệp Hoằng Xuyên", "15910"),
    ("Hợp tác xã dịch vụ nông nghiệp Hoằng Cát", "15907"),
    ("Hợp tác xã dịch vụ nông nghiệp Hoằng Sơn", "15901"),
    ("Công ty TNHH Vật liệu không nung A", "15910"),
    ("Công ty TNHH Vật liệu không nung B", "15895"),
    ("Công ty CP Giống cây trồng C", "15907"),
    ("Tổ hợp tác nuôi trồng thủy sản D", "15901"),
)
COMMUNE_NAME: Final = "UBND xã Hoàng Sơn"
_BASE32: Final = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"  # without I, L, O, U: read aloud and typed
_FRACTIONS: Final = (
    ("1/2", "1/2"),
    ("1/3", "1/3", "1/3"),
    ("1/4",) * 4,
    ("2/3", "1/3"),
    ("1/2", "1/4", "1/4"),
)
_FRACTION_SHARES: Final = (0.5, 0.2, 0.1, 0.1, 0.1)


@dataclass(frozen=True, slots=True)
class People:
    """The register and the holdings.

    Args:
        households: Columns household_id, name, kind, hamlet, commune, officer.
        holdings: Columns unit (row of the land), household_id, part; by unit.
        commune_id: Household id of UBND xã.
    """

    households: pd.DataFrame
    holdings: pd.DataFrame
    commune_id: str


def people(land: gpd.GeoDataFrame, seed: int) -> People:
    """Who lives there and who holds what.

    Args:
        land: As `cadastre.land` gives it.
        seed: Of everything random.
    """
    rng = np.random.default_rng([seed, 3])
    households = _register(land, rng)
    commune_id = str(households["household_id"].iloc[-1])
    firsts = _first_holders(land, households, commune_id, rng)
    return People(households, _holdings(land, households, firsts, rng), commune_id)


def _register(land: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Households by old commune and hamlet, then the organisations, UBND xã last."""
    parcels = land.loc[land["kind"] == "parcel", "commune"].value_counts().sort_index()
    rows: list[tuple[str, str, str, str]] = []
    for commune, count in parcels.items():
        size = round(HOUSEHOLDS * count / parcels.sum())
        for number in range(size):
            hamlet = f"Thôn {1 + number * HAMLETS_PER_COMMUNE // size}"
            rows.append((_name(rng), "household", hamlet, str(commune)))
    # Two households of one name in one hamlet: a name is no key.
    rows[1] = (rows[0][0], *rows[1][1:])
    rows += [(f"{name} {SAMPLE_MARK}", "organisation", "", commune) for name, commune in _ORGANISATIONS]
    rows.append((f"{COMMUNE_NAME} {SAMPLE_MARK}", "commune", "", ""))
    ids: dict[str, None] = {}
    while len(ids) < len(rows):
        ids["H" + "".join(_BASE32[i] for i in rng.integers(0, 32, 8))] = None
    columns = ["name", "kind", "hamlet", "commune"]
    households = pd.DataFrame(rows, columns=columns).assign(household_id=list(ids))
    households = households[["household_id", *columns]]
    # Each hamlet has one officer in charge; organisations and UBND xã have none.
    hamlets = households["commune"] + "/" + households["hamlet"]
    places = sorted(set(hamlets[households["hamlet"] != ""]))
    officers = {hamlet: OFFICERS[place % len(OFFICERS)] for place, hamlet in enumerate(places)}
    return households.assign(officer=[officers.get(hamlet, "") for hamlet in hamlets])


def _name(rng: np.random.Generator) -> str:
    who = "men" if chance(rng, 0.62) else "women"
    surname = rng.choice(_SURNAMES, p=np.array(_SURNAME_WEIGHTS) / sum(_SURNAME_WEIGHTS))
    middle, given = rng.choice(_MIDDLES[who]), rng.choice(_GIVEN[who])
    return f"{surname} {middle} {given} {SAMPLE_MARK}"


def _first_holders(
    land: gpd.GeoDataFrame, households: pd.DataFrame, commune_id: str, rng: np.random.Generator
) -> pd.Series:
    """The household that each unit is written to first; "" where nobody is known."""
    holders = pd.Series(commune_id, index=land.index, dtype=object)
    uses = land["land_use"]
    private = (land["kind"] == "parcel") & ~uses.isin([*PUBLIC_USES, *WORKS_USES])
    private &= ~(chances(rng, 0.03, len(land)) & uses.isin(["LUC", "LUK", "HNK", "NTS"]))
    organisations = households[households["kind"] == "organisation"].set_index("commune")["household_id"]
    for commune in sorted(set(land["commune"])):
        here = households[(households["kind"] == "household") & (households["commune"] == commune)]
        ids = here["household_id"].to_numpy()
        homes = land.index[private & (land["commune"] == commune) & uses.str.startswith("ONT")]
        fields = land.index[private & (land["commune"] == commune) & ~uses.str.startswith("ONT")]
        # Homes in the order of the hamlets; fields were drawn by lot, several to a household.
        holders[homes] = ids[np.arange(len(homes)) * len(ids) // max(1, len(homes))]
        times = -(-len(fields) // len(ids))
        holders[fields] = np.concatenate([rng.permutation(ids) for _ in range(times)])[: len(fields)]
        ponds = fields[(uses[fields] == "NTS") & chances(rng, 0.3, len(fields))]
        holders[ponds] = np.atleast_1d(organisations[commune])[0]
        works = land.index[(land["commune"] == commune) & uses.isin(WORKS_USES)]
        holders[works] = np.atleast_1d(organisations[commune])[-1]
    nobody = rng.choice(land.index[private & ~uses.str.startswith("ONT")], 24, replace=False)
    holders[nobody] = ""
    return holders


def _holdings(
    land: gpd.GeoDataFrame,
    households: pd.DataFrame,
    firsts: pd.Series,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """One line for each household's part of each unit."""
    private = households[households["kind"] == "household"]
    neighbours = {c: g["household_id"].to_numpy() for c, g in private.groupby("commune")}
    alone = set(households.loc[households["kind"] != "household", "household_id"]) | {""}
    areas = land["legal_area_m2"].fillna(land.geometry.area.round(1)).tolist()
    communes = land["commune"].tolist()
    rows: list[tuple[int, str, str]] = []
    for unit, first in enumerate(firsts):
        if first == "":
            continue
        parts: Sequence[str] = ("1",)
        if first not in alone:
            parts = _parts(float(areas[unit]), rng)
        others = [h for h in rng.choice(neighbours.get(communes[unit], [first]), 4) if h != first]
        holders = list(dict.fromkeys([str(first), *map(str, others)]))[: len(parts)]
        if len(holders) < len(parts):
            parts = ("1",)
        rows += [(unit, holder, part) for holder, part in zip(holders, parts, strict=False)]
    return pd.DataFrame(rows, columns=["unit", "household_id", "part"])


def _parts(area_m2: float, rng: np.random.Generator) -> Sequence[str]:
    """How a parcel is shared: mostly not at all."""
    kind = rng.choice(["alone", "fractions", "m2", "open"], p=SHARED)
    if kind == "fractions":
        return _FRACTIONS[int(rng.choice(len(_FRACTIONS), p=_FRACTION_SHARES))]
    if kind == "m2":
        total = Decimal(str(round(area_m2, 1)))
        one = (total * Decimal(str(round(float(rng.uniform(0.3, 0.7)), 3)))).quantize(Decimal("0.1"))
        return (f"{one} m2", f"{total - one} m2")
    if kind == "open":
        return ("",) * int(rng.integers(1, 4))
    return ("1",)


def share_of(part: str, area_m2: float, holders: int) -> float:
    """A part as a share of its parcel, for sums of money: equal shares where it is not determined.

    >>> share_of("1/4", 500.0, 3), share_of("120.5 m2", 482.0, 2), share_of("", 500.0, 2)
    (0.25, 0.25, 0.5)
    """
    if not part:
        return 1 / holders
    if part.endswith("m2"):
        return float(part.removesuffix("m2")) / area_m2
    return float(Fraction(part))
