"""A page run without a browser, and what it says."""

import re
from pathlib import Path

from streamlit.testing.v1 import AppTest

PAGES = Path(__file__).resolve().parents[1] / "gis" / "web" / "pages"


def open_page(name, **address):
    """The page of that file, as it is at an address."""
    page = AppTest.from_file(str(PAGES / name), default_timeout=60)
    for key, value in address.items():
        page.query_params[key] = value
    return ran(page)


def ran(page):
    """The page after a run that raised nothing."""
    page.run()
    assert not page.exception
    return page


def words(page):
    """All that its HTML says, without marks."""
    html = "\n".join(element.proto.body for element in page.get("html"))
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html))


def press(page, label):
    """Click the button of that label."""
    next(one for one in page.button if one.label == label).click().run()
    assert not page.exception
