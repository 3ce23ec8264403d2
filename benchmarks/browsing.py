"""A real Chromium that looks at the app: moments as the browser's own clock has them, bytes, memory.

Each wait is asked at every frame that the browser draws, in the page itself, so that nothing of the way
between this script and the browser is in a figure.
"""

from __future__ import annotations

import base64
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Error, sync_playwright
from serving import memory_mb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from playwright.sync_api import Browser, Frame, Page

WINDOW = {"width": 1280, "height": 800}
ASK_ANEW_SECONDS = 3.0
SETTLED_MS = 700  # what comes within this time of the last byte belongs to the same action
# When somebody last pressed, by the browser's clock: the start of what is measured.
PRESSED = "addEventListener('pointerdown', () => { (window.top || window).pressedAt = Date.now(); }, true);"


@dataclass
class Traffic:
    """Bytes that a page received: bodies and headers as they came over the line, and websocket messages."""

    http: int = 0
    socket: int = 0
    requests: int = 0
    last_at: float = field(default_factory=time.monotonic)

    @property
    def total(self) -> int:
        """All bytes."""
        return self.http + self.socket

    def take_http(self, event: dict[str, Any]) -> None:
        """A finished request."""
        self.http += int(event["encodedDataLength"])
        self.requests += 1
        self.last_at = time.monotonic()

    def take_frame(self, event: dict[str, Any]) -> None:
        """A message of the websocket; binary ones come as base64."""
        told = event["response"]
        binary = told["opcode"] == 2
        self.socket += len(base64.b64decode(told["payloadData"])) if binary else len(told["payloadData"])
        self.last_at = time.monotonic()


class Visit:
    """A window on a page, and what it receives."""

    def __init__(self, page: Page) -> None:
        """Listen to a page that has not gone anywhere yet."""
        self.page = page
        self.traffic = Traffic()
        page.add_init_script(PRESSED)
        devtools = page.context.new_cdp_session(page)
        devtools.send("Network.enable")
        devtools.on("Network.loadingFinished", self.traffic.take_http)
        devtools.on("Network.webSocketFrameReceived", self.traffic.take_frame)
        self.devtools = devtools

    def count_anew(self) -> None:
        """Count bytes from here on."""
        self.traffic = Traffic()

    def settle(self) -> None:
        """Wait until nothing has come for a while; polls of the map are waited for no longer than that."""
        end = time.monotonic() + 5
        while time.monotonic() < min(self.traffic.last_at + SETTLED_MS / 1000, end):
            self.page.wait_for_timeout(50)

    def go(self, address: str, shown: str, holder: str, seconds: float) -> float:
        """Seconds from the address to what is wanted in the frame of a map."""
        self.page.goto(address, wait_until="commit")
        moment = wait(lambda: self.frame(holder), shown, seconds)
        return (moment - self.page.evaluate("performance.timeOrigin")) / 1000

    def frame(self, holder: str) -> Frame:
        """The frame of the map in a holder, as it is now.

        Raises:
            Error: If there is none at this moment.
        """
        frame = self.page.locator(f"{holder} iframe").first.element_handle(timeout=1000).content_frame()
        if frame is None:
            raise Error("the element has no frame")
        return frame

    def since_pressed(self, moment: float) -> float:
        """Seconds from the last press to a moment of the browser's clock."""
        return (moment - self.page.evaluate("window.pressedAt")) / 1000

    def heap_mb(self) -> float:
        """The page's JavaScript heap after a collection, all its frames included."""
        self.devtools.send("HeapProfiler.collectGarbage")
        return float(self.page.evaluate("performance.memory.usedJSHeapSize")) / 1e6


def wait(place_of: Callable[[], Page | Frame], condition: str, seconds: float) -> float:
    """The moment at which a condition held at last, in milliseconds of the browser's clock.

    Args:
        place_of: The page or frame to ask in; asked for anew where a frame was replaced meanwhile.
        condition: JavaScript, looked at whenever the browser draws; one that fails does not hold.
        seconds: How long to wait.

    Raises:
        TimeoutError: If it does not hold by then.
    """
    asked = (
        f"() => {{ try {{ return ({condition}) ? Date.now() : false; }} catch (error) {{ return false; }} }}"
    )
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        try:
            most = min(left, ASK_ANEW_SECONDS) * 1000
            found = place_of().wait_for_function(asked, polling="raf", timeout=most)
            return float(found.json_value())
        except Error:
            time.sleep(0.02)
    raise TimeoutError(condition)


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


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
