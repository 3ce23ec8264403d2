"""What a page says while the project has no land yet: what comes first, and the page that takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gis.web import common
from gis.web.begin_view import BEGIN

if TYPE_CHECKING:
    from gis.web.common import View

INTAKE: Final = "nhap-du-lieu"
# In this order: parcels are laid beside zones, a list names parcels.
STEPS: Final = ("zones", "parcels", "features", "list")


def nothing_yet(shown: View, title: str = "") -> None:
    """The page of a project that holds no land: the steps of the intake, or whom to ask for them."""
    words = shown.texts
    if title:
        common.heading(title)
    steps, ways = [words("page.ask_the_team")], {}
    if shown.may("write"):
        steps = [words(f"page.step_{name}") for name in STEPS]
        ways[INTAKE] = words("intake.title")
    if shown.may("administer"):
        ways[BEGIN] = words("page.other_ways")
    common.empty_state(words("page.nothing_yet"), steps, ways, words)
