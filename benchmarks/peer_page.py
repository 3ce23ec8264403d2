"""The peer's page: the same project by plain `folium.GeoJson` in `st_folium`, as tutorials show it.

Shapes in WGS 84 are kept between runs; the figure is made anew each time, for its colours have changed.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import folium
import streamlit as st
from streamlit_folium import st_folium

from gis.ledger.marks import Mark
from gis.maps.features import whole_bounds
from gis.maps.offline import use_own_assets
from gis.milestones import CLASS_COLOURS, CLEARED_MILESTONE
from gis.project import shared
from gis.store.database import Stamp
from gis.texts import Texts
from gis.vn2000 import to_wgs84
from gis.web.assets import BASE
from gis.web.common import now, today
from gis.web.prepared import prepared_units

if TYPE_CHECKING:
    import geopandas as gpd


@st.cache_resource
def shapes() -> gpd.GeoDataFrame:
    """All units in degrees WGS 84."""
    return to_wgs84(shared().snapshot(today()).units[["sheet", "number", "geometry"]])


def hand_over(parcel_id: str, document: str) -> None:
    """Write the mark, before the page is drawn anew."""
    request = Mark((parcel_id,), CLEARED_MILESTONE, today(), document, all_holdings=True)
    shared().mark(request, Stamp("lan", uuid.uuid4().hex, now()))


def main() -> None:
    """The map on the left, the card beside it."""
    st.set_page_config(layout="wide")
    use_own_assets(BASE)
    snapshot = shared().snapshot(today())
    west, south, east, north = whole_bounds(prepared_units.of(snapshot), snapshot.zones) or (105, 19, 106, 20)
    frame = shapes().assign(kind=snapshot.classes).reset_index()
    figure = folium.Map(tiles=None)
    figure.fit_bounds([[south, west], [north, east]])
    folium.GeoJson(
        frame,
        style_function=lambda told: {
            "fillColor": CLASS_COLOURS[told["properties"]["kind"]],
            "fillOpacity": 1,
            "weight": 0.5,
            "color": "#52606d",
        },
    ).add_to(figure)
    left, right = st.columns([11, 8])
    with left:
        answer = st_folium(
            figure,
            key="peer",
            height=500,
            use_container_width=True,
            returned_objects=["last_active_drawing"],
        )
    cleared = Texts("vi").ha(snapshot.totals[0].by_class_ha[CLEARED_MILESTONE])
    with right:
        st.html(f'<p class="peer-cleared">{cleared}</p>')
        drawing = (answer or {}).get("last_active_drawing")
        if drawing:
            parcel = drawing["properties"]["parcel_id"]
            st.html(f'<h2 class="peer-card">{parcel} {snapshot.classes[parcel]}</h2>')
            document = st.text_input("Số biên bản")
            st.button("Ghi nhận bàn giao", on_click=hand_over, args=(parcel, document))


main()
