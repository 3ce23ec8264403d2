"""The peer's page in a browser: when its map stands there, a click, a mark."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

from browsing import Visit

from gis.milestones import CLASS_COLOURS, CLEARED_MILESTONE
from gis.web.common import today

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext
    from relay import Relay
    from targets import Target

    from gis.project import Project

EVERY_MS: Final = 100  # to look through a hundred thousand shapes at every frame would be a load of its own
SHAPES: Final = (
    'document.querySelector("iframe").contentDocument.querySelectorAll("path.leaflet-interactive")'
)
CLEARED: Final = CLASS_COLOURS[CLEARED_MILESTONE]
PAINTED: Final = f"[...{SHAPES}].filter(one => one.getAttribute('fill') === '{CLEARED}').length"


class PeerVisit(Visit):
    """A window on the peer's page."""

    def __init__(self, context: BrowserContext, relay: Relay, project: Project, patience: float) -> None:
        """Open an empty window.

        Args:
            context: Of the browser.
            relay: Before its server.
            project: What it shows.
            patience: Seconds that each step may take.
        """
        super().__init__(context, relay)
        self.patience = patience
        self.ids = project.snapshot(today()).units.index
        self.page.set_default_timeout(patience * 1000)

    def first(self) -> float:
        """Seconds from the address until every shape stands there."""
        return self.go(self.relay.address, f"{SHAPES}.length === {len(self.ids)}", self.patience, EVERY_MS)

    def click(self, target: Target) -> float:
        """Seconds from a press on a parcel to its card."""
        at = int(self.ids.get_loc(target.parcel_id))
        x, y = self.page.evaluate(
            f"""() => {{ const frame = document.querySelector("iframe").getBoundingClientRect();
            const box = {SHAPES}[{at}].getBoundingClientRect();
            return [frame.x + box.x + box.width / 2, frame.y + box.y + box.height / 2]; }}"""
        )
        self.cleared = self.page.evaluate(PAINTED)
        shown = "document.querySelector('.peer-card')"
        return self.press(x, y, {"card": shown}, self.patience, EVERY_MS)["card"]

    def mark(self, cleared: str) -> dict[str, float]:
        """Seconds from the press on the button to the new hectares and to one more parcel in their colour."""
        field = self.page.get_by_label("Số biên bản")
        field.fill(f"BB-{time.time_ns()}")
        field.press("Enter")
        self.settle()
        self.watch({"there": f"{SHAPES}.length === {len(self.ids)}"}, EVERY_MS)
        self.moments(self.patience)
        box = self.page.get_by_role("button", name="Ghi nhận bàn giao").bounding_box()
        assert box is not None
        wanted = {
            "numbers": f"document.querySelector('.peer-cleared').innerText === {json.dumps(cleared)}",
            "colour": f"{SHAPES}.length === {len(self.ids)} && {PAINTED} === {self.cleared + 1}",
        }
        return self.press(
            box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, wanted, self.patience, EVERY_MS
        )
