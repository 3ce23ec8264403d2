"""A real Chromium that looks at a page: moments by the browser's own clock, bytes, memory.

What is waited for is looked at whenever the browser draws, in the page itself, so that nothing of the way
between this script and the browser is in a figure.
"""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from playwright.sync_api import TimeoutError as PlaywrightTimeoutError
from playwright.sync_api import sync_playwright
from serving import memory_mb

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser, BrowserContext, Page
    from relay import Relay

WINDOW: Final = {"width": 1280, "height": 800}
SETTLED_SECONDS: Final = 0.7  # what comes within this time of the last byte belongs to the same action
SETTLED_AT_MOST: Final = 4.0  # a map that keeps up asks every three seconds
HOVER_MS: Final = 300  # a hand is over the parcel before it presses
WATCH: Final = """
window.moments = {};
addEventListener("pointerdown", () => { (window.top || window).moments.pressed = Date.now(); }, true);
window.watchFor = function (wanted, everyMs) {
    const asked = Object.entries(wanted).map(([name, text]) => [name, new Function("return " + text)]);
    const left = new Map(asked);
    const moments = window.moments = {};
    (function look() {
        for (const [name, holds] of left) {
            let there = false;
            try { there = holds(); } catch (error) { /* not there yet */ }
            if (there) { moments[name] = Date.now(); left.delete(name); }
        }
        moments.all = left.size === 0;
        if (left.size) { if (everyMs) { setTimeout(look, everyMs); } else { requestAnimationFrame(look); } }
    })();
};
"""


class Visit:
    """A window on a page behind a relay."""

    def __init__(self, context: BrowserContext, relay: Relay) -> None:
        """Open an empty window that goes by a relay."""
        self.relay = relay
        self.page: Page = context.new_page()
        self.page.add_init_script(WATCH)
        self.devtools = context.new_cdp_session(self.page)
        self.count_anew()

    def count_anew(self) -> None:
        """Count what is received from here on."""
        self._before = self.relay.received
        self.relay.last_at = time.monotonic()

    @property
    def received_kb(self) -> float:
        """What came over the line since it was counted anew; of all windows that go by the relay."""
        return (self.relay.received - self._before) / 1000

    def go(self, address: str, wanted: str, seconds: float, every_ms: int = 0) -> float:
        """Seconds from the address until something holds on its page."""
        self.count_anew()
        self.page.goto(address, wait_until="commit")
        self.watch({"there": wanted}, every_ms)
        moments = self.moments(seconds)
        self.settle()
        return (moments["there"] - self.page.evaluate("performance.timeOrigin")) / 1000

    def watch(self, wanted: Mapping[str, str], every_ms: int = 0) -> None:
        """Begin to look for the moments at which expressions hold, at each drawn frame or every so often."""
        self.page.evaluate(f"watchFor({json.dumps(dict(wanted))}, {every_ms})")

    def moments(self, seconds: float) -> dict[str, float]:
        """When each of what is watched for held first, in milliseconds of the browser's clock.

        Raises:
            TimeoutError: If one of them does not in time.
        """
        try:
            self.page.wait_for_function("window.moments.all", timeout=seconds * 1000)
        except PlaywrightTimeoutError as error:
            missing = self.page.evaluate("JSON.stringify(window.moments)")
            raise TimeoutError(f"not within {seconds:.0f} s: {missing}") from error
        found: dict[str, float] = self.page.evaluate("window.moments")
        return found

    def press(
        self, x: float, y: float, wanted: Mapping[str, str], seconds: float, every_ms: int = 0
    ) -> dict[str, float]:
        """Seconds from a press at a place of the window until each of some expressions holds."""
        self.page.mouse.move(x - 3, y)
        self.page.mouse.move(x, y)
        self.page.wait_for_timeout(HOVER_MS)
        self.count_anew()
        self.watch(wanted, every_ms)
        self.page.mouse.click(x, y)
        moments = self.moments(seconds)
        self.settle()
        return {name: (moments[name] - moments["pressed"]) / 1000 for name in wanted}

    def settle(self) -> None:
        """Wait until nothing has come for a while."""
        end = time.monotonic() + SETTLED_AT_MOST
        while time.monotonic() < min(self.relay.last_at + SETTLED_SECONDS, end):
            self.page.wait_for_timeout(50)

    def heap_mb(self) -> float:
        """The page's JavaScript heap after a collection, all its frames included."""
        self.devtools.send("HeapProfiler.collectGarbage")
        return float(self.page.evaluate("performance.memory.usedJSHeapSize")) / 1e6


@contextmanager
def chromium(path: str | None = None) -> Iterator[Browser]:
    """A browser of its own; closed at the end."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--enable-precise-memory-info"]
        )
        yield browser
        browser.close()


def renderers_mb(browser: Browser) -> float:
    """Memory of the processes that hold pages."""
    told = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    return memory_mb([int(one["id"]) for one in told if one["type"] == "renderer"])
