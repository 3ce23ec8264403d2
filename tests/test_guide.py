"""The user's guide names pages and buttons as they are called, and every picture and link of it is there."""

import re
import runpy
import unicodedata
from pathlib import Path

import pytest
from PIL import Image

from gis.texts import Texts, catalogue
from gis.web.guide import GUIDE, guide_html, slug
from gis.web.guide_routes import DOCS, FIRST, PAGES, SCRIPT, guide_routes

ROOT = Path(__file__).resolve().parents[1]
TEXT = (DOCS / FIRST).read_text("utf-8")
MOST_BYTES = 2_500_000
# Bold for its weight, not as a label of the app.
STRESSED = {"việc cần làm", "bất kỳ con số nào", "mọi hộ"}
SHOTS = runpy.run_path(str(DOCS / "screenshots.py"))["GUIDE"]


def labels():
    """Every text of the Vietnamese catalogue, by what stands around its facts."""
    return [re.split(r"\{[^}]*\}", text) for text in catalogue("vi").values()]


def is_a_label(bold):
    plain = unicodedata.normalize("NFC", re.sub(r"\s+", " ", bold))
    return any(all(piece in plain for piece in text) and plain in "…".join(text) for text in labels()) or any(
        plain == piece.strip(" ():·") for text in labels() for piece in text
    )


@pytest.mark.parametrize("bold", sorted(set(re.findall(r"\*\*([^*]+)\*\*", TEXT)) - STRESSED))
def test_bold__is_what_the_app_says(bold):
    assert is_a_label(bold)


def test_pictures__are_there_taken_by_the_script_and_small():
    named = re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", TEXT)
    assert all(said for said, _ in named)
    files = {path for _, path in named}
    assert {path.removeprefix("img/huong-dan/") for path in files} == set(SHOTS)
    assert {path.name for path in (DOCS / "img/huong-dan").iterdir()} == set(SHOTS)
    for path in files:
        with Image.open(DOCS / path) as picture:
            assert picture.format == "PNG"
    assert sum((DOCS / path).stat().st_size for path in files) < MOST_BYTES


@pytest.mark.parametrize("name", [FIRST, *PAGES])
def test_links__lead_somewhere(name):
    text = (DOCS / name).read_text("utf-8")
    headings = {slug(found) for found in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}
    for target in re.findall(r"(?<!!)\[[^\]]*\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings
        elif not target.startswith("https://"):
            assert target in {FIRST, *PAGES, SCRIPT}


def test_guide_html__escapes_numbers_its_headings_and_lists_them():
    made = guide_html(
        "# Tựa\n\n<script>x</script>\n\n## Ghi **một** thửa\n\nchữ\n", Texts("vi"), is_first=False
    )
    assert "<script>x" not in made
    assert "<title>Tựa</title>" in made
    assert '<h2 id="ghi-mot-thua">' in made
    assert '<a href="#ghi-mot-thua">Ghi một thửa</a>' in made
    assert f'href="{GUIDE}"' in made


def test_routes__serve_the_guide_and_nothing_else_of_the_folder():
    paths = {route.path for route in guide_routes()}
    assert GUIDE in paths
    assert GUIDE + "sao-luu.md" in paths
    assert GUIDE + "architecture.md" not in paths
    assert all((DOCS / name).is_file() for name in PAGES)
