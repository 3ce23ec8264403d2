"""What a page sends, counted and not timed: a click and a mark draw it once, and no run repeats a style sheet."""

import asyncio
import sys
import threading
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
from sessions import PageSession

pytestmark = pytest.mark.browser
# Before it is packed; it was 49 kB when each run carried the style sheets.
MOST_BYTES = 45_000
PATIENCE_S = 120


async def opened_clicked_marked(app, parcel):
    """The page opened, a parcel clicked, its hand-over recorded: each with all HTML of the page after it."""
    async with PageSession.opened(app, "ban-do", PATIENCE_S) as (page, first):
        assert page.is_packed
        told = [(first, page.html())]
        told.append((await page.pick(parcel), page.html()))
        told.append(
            (await page.fill_and_press("Số biên bản", "BB-91/2026", "Ghi nhận bàn giao"), page.html())
        )
        return told


def apart(coroutine):
    """The result of a coroutine, in a thread of its own: Playwright keeps this one's event loop."""
    found = []
    thread = threading.Thread(target=lambda: found.append(asyncio.run(coroutine)))
    thread.start()
    thread.join()
    return found[0]


def test_page__a_click_and_a_mark_draw_it_once_and_send_no_style_sheet(app, targets):
    parcel, *_ = next(targets)
    first, clicked, marked = apart(opened_clicked_marked(app, parcel))
    assert (clicked[0].runs, marked[0].runs) == (1, 1)
    assert parcel in clicked[1]
    assert "gp-done" not in clicked[1]
    assert "gp-done" in marked[1]
    for run, html in (first, clicked, marked):
        assert '@import url("/assets/' in html
        assert "--ink:" not in html  # of style.css
        assert run.sent_bytes < MOST_BYTES
