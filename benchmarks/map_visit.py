"""Our map page in a browser: a click, a mark, and how to tell from its pixels that they have shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from browsing import Visit

from gis.milestones import CLASS_COLOURS, CLEARED_MILESTONE

if TYPE_CHECKING:
    from targets import Target

PAGE: Final = "ban-do"
CLOSE, AFAR = 17, 15  # zooms: parcels one by one and still without their numbers; tiles
LIVE: Final = 'document.querySelector(".st-key-map iframe").contentWindow.clearanceMap.live'
CARD: Final = "document.querySelector('.gp-card-head')"
LEGEND: Final = "document.querySelector('.st-key-legend-lines').innerText"
# The colour that the map shows at a place: of the canvas, or of the tile that lies there; "" for none.
COLOUR: Final = """((live, place) => {
    const L = document.querySelector(".st-key-map iframe").contentWindow.L;
    let pen, at;
    if (live.mode === "parcels") {
        const box = live.renderer, dpr = L.Browser.retina ? 2 : 1;
        pen = box._ctx;
        at = live.map.latLngToLayerPoint(place).subtract(box._bounds.min).multiplyBy(dpr);
    } else {
        const tile = Object.values(live.tiles._tiles).find(one =>
            one.current && live.tiles._tileCoordsToBounds(one.coords).contains(place));
        if (!tile || !tile.el.naturalWidth || Number(tile.el.style.opacity) < 1) { return ""; }
        pen = Object.assign(document.createElement("canvas"), {width: 512, height: 512}).getContext("2d");
        pen.drawImage(tile.el, 0, 0);
        const corner = tile.coords.scaleBy(L.point(512, 512));
        at = live.map.project(place, tile.coords.z).multiplyBy(2)._subtract(corner);
    }
    const [red, green, blue, alpha] = pen.getImageData(Math.floor(at.x), Math.floor(at.y), 1, 1).data;
    return alpha ? "#" + [red, green, blue].map(v => v.toString(16).padStart(2, "0")).join("") : "";
})"""


class MapVisit(Visit):
    """A window on our map page."""

    def first(self, target: Target) -> float:
        """Seconds from the address until the whole map stands there in its colours."""
        return self.go(
            f"{self.relay.address}/{PAGE}", f'{colour(target)} !== "" && {LIVE}.state === "ready"', 120
        )

    def look_at(self, target: Target, zoom: int) -> None:
        """Show a parcel in the middle, at a zoom, with nothing on its way."""
        place = [target.latitude, target.longitude]
        self.page.evaluate(f"({LIVE}.map.setView({place}, {zoom}, {{animate: false}}), null)")
        ready = f'{LIVE}.state === "ready" && {LIVE}.map.getZoom() === {zoom} && {colour(target)} !== ""'
        self.watch({"there": ready})
        self.moments(60)
        self.settle()

    def click(self, target: Target) -> float:
        """Seconds from a press on a parcel to its card."""
        before = self.page.evaluate(f"{CARD} ? {CARD}.innerText : ''")
        shown = f"{CARD} && {CARD}.innerText.includes({json.dumps(target.parcel_id)})"
        assert target.parcel_id not in before
        place = [target.latitude, target.longitude]
        x, y = self.page.evaluate(
            f"(p => [p.x, p.y])({LIVE}.map.latLngToContainerPoint({place}))",
        )
        holder = self.page.locator(".st-key-map iframe")
        holder.scroll_into_view_if_needed()
        box = holder.bounding_box()
        assert box is not None
        return self.press(box["x"] + x + 1, box["y"] + y + 1, {"card": shown}, 60)["card"]

    def mark(self, target: Target, document: str, cleared: str | None = None) -> dict[str, float]:
        """Seconds from the press on the form's button to the new hectares and to the new colour.

        Args:
            target: The parcel whose card is open.
            document: The number of its minutes.
            cleared: The hectares that the legend must say then; None: that the mark was written, for others
                mark meanwhile.
        """
        self.page.get_by_label("Số biên bản").fill(document)
        button = self.page.locator("[data-testid=stFormSubmitButton] button").first
        button.scroll_into_view_if_needed()
        box = button.bounding_box()
        assert box is not None
        done = "document.querySelector('.gp-done')"
        wanted = {
            "numbers": done if cleared is None else f"{LEGEND}.includes({json.dumps(cleared)})",
            "colour": f"{colour(target)} === {json.dumps(CLASS_COLOURS[CLEARED_MILESTONE])}",
        }
        return self.press(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, wanted, 60)


def colour(target: Target) -> str:
    """JavaScript for the colour that the map shows at a parcel."""
    return f"{COLOUR}({LIVE}, [{target.latitude}, {target.longitude}])"
