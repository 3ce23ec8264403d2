"""Every page as its readers meet it: nothing that keeps somebody out (axe-core), no English left over, nothing cut on a phone.

`gis/web/pages/main.py` says which pages there are; a page that is added there is looked at here.
"""

import re
from pathlib import Path

import pytest
import streamlit
from browserworld import DESKTOP, PHONE, ROOT, WAIT_MS, opened
from playwright.sync_api import expect

from gis.texts import catalogue

pytestmark = pytest.mark.browser
LAPTOP = {"width": 1366, "height": 768}
AXE = (ROOT / "tests/vendor/axe-core/axe.min.js").read_text("utf-8")
FRAME = (ROOT / "gis/web/pages/main.py").read_text("utf-8")
PAGES = (
    "",
    *(path for path in re.findall(r'url_path="([a-z-]+)"', FRAME) if path != "tong-quan"),
    "nhap-du-lieu",
)
OWN = (
    "dang-nhap",
    "tai-khoan-dau-tien",
    "thuc-dia",
    "trinh-chieu",
    "so-lieu/ban-giao",
    "so-lieu/vuong",
    "huong-dan",
)
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
GRAVE = ("serious", "critical")
# What Streamlit itself does and neither our styles nor our script can mend: (rule, in its selector): why. One that no
# longer occurs anywhere fails the last test.
EXCEPTIONS: dict[tuple[str, str], str] = {}
# Words that stay English, as the guide's last section lists them.
LEFT_IN_ENGLISH = set(
    re.findall(r"^- `([^`]+)`", (ROOT / "docs/huong-dan.md").read_text("utf-8"), re.MULTILINE)
)
BUNDLE = Path(streamlit.__file__).parent / "static" / "static" / "js"
# Chunks with the words of the frame and of the widgets that our pages use.
CHUNKS = (
    "index",
    "Button",
    "DataFrame",
    "Date",
    "Download",
    "File",
    "Number",
    "Multi",
    "Select",
    "Text",
    "Toolbar",
    "Upload",
)
# Families of texts whose ids no page may show raw.
FAMILIES = sorted({name.split(".")[0] for name in catalogue("vi")})
SHOWN_TEXTS = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const holder = node.parentElement;
    if (!holder.closest("script, style, noscript, [aria-hidden=true], [lang=en]")) found.push(node.nodeValue.trim());
  }
  for (const element of document.querySelectorAll("[aria-label], [title], [placeholder], [aria-valuetext], [alt]"))
    for (const name of ["aria-label", "title", "placeholder", "aria-valuetext", "alt"])
      found.push((element.getAttribute(name) || "").trim());
  return [...new Set(found.filter(Boolean))];
}"""
WIDEST = """() => Math.max(document.documentElement.scrollWidth - innerWidth,
  ...[...document.querySelectorAll("[data-testid=stMain]")].map(main => main.scrollWidth - main.clientWidth))"""

# What a thumb presses, less than 44 px high; what stands inside a field belongs to it, links in running text do not count.
TOO_SMALL = """() => [...document.querySelectorAll("button, summary, select, input[type=search], [data-testid=stRadioOption], "
    + "[data-testid=stCheckbox] label, [data-testid=stSidebarNavLink], [data-testid=stTextInputRootElement], [data-testid=stDateInputField]")]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().x >= 0 && !one.closest("[data-testid=stTooltipIcon], "
    + "[data-testid=stDateInput] button, [data-testid=stNumberInput], [data-testid=stFileChip], .react-aria-ComboBox > div > *"))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([_, box]) => box.width && box.height < 43.5)
  .map(([one, box]) => `${Math.round(box.height)} px high: ${one.tagName} ${(one.innerText || one.getAttribute("aria-label") || "").slice(0, 40)}`)"""


@pytest.fixture(scope="module")
def places_to_look(app_folder):
    """Addresses of pages with something open on them: a parcel's card, a household, a đợt, a proof card."""
    with opened(app_folder) as now:
        parcel = next(one for one in now.units.index if now.classes[one] == "stuck" and one.startswith("P"))
        household = now.state.of_parcel(parcel)[0].household
        batch = next(
            entry.fact.batch for entry in now.state.history[None] if entry.fact.kind == "batch_opened"
        )
    return (
        f"ban-do?parcel={parcel}",
        f"ho?household={household}",
        f"chi-tra?household={household}",
        f"dot-van-ban?batch={batch}",
        f"phieu-can-cu/{parcel}?on=2026-11-15",
    )


def streamlits_words():
    """Whole texts in English that the installed Streamlit may show, by its own code."""
    chunks = [path for path in BUNDLE.glob("*.js") if path.name.startswith(CHUNKS)]
    assert len(chunks) > len(CHUNKS)
    literals = re.compile('[`"]([A-Z][A-Za-z][^`"$\n]{1,120})[`"]')
    found = {text for path in chunks for text in literals.findall(path.read_text("utf-8"))}
    assert {"Choose date", "No results", "Upload"} <= found
    return found


class Look:
    """One window that goes from page to page; what it finds is told with the page's address."""

    def __init__(self, browser, app, size, language):
        self.app, self.language = app, language
        self.context = browser.new_context(viewport=size, locale="vi-VN", has_touch=size is PHONE)
        self.context.set_default_timeout(WAIT_MS)
        self.context.add_init_script(AXE)  # in every frame, the map's too
        self.page = self.context.new_page()

    def at(self, path):
        """Open a page and wait until nothing of it is still being drawn."""
        joint = "&" if "?" in path else "?"
        self.page.goto(f"{self.app}/{path}{joint}lang={self.language}")
        if self.page.locator("#root").count():
            expect(self.page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
            expect(self.page.locator("#gp-words")).to_be_attached()
            expect(self.page.locator('[data-testid="stException"]')).to_have_count(0)
            self.page.wait_for_function("!document.querySelector('[data-stale=true]')")
        self.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        self.page.wait_for_timeout(400)  # Streamlit fades in what it has drawn

    def barriers(self):
        """Serious findings of axe-core, as (rule, selector, HTML)."""
        options = {"runOnly": STANDARD, "resultTypes": ["violations"]}
        found = self.page.evaluate("options => axe.run(document, options)", options)
        return [
            (violation["id"], str(node["target"]), node["html"][:200])
            for violation in found["violations"]
            if violation["impact"] in GRAVE
            for node in violation["nodes"]
        ]

    def too_wide(self):
        """By how many pixels the page is wider than its window; nothing where it is not."""
        wide = self.page.evaluate(WIDEST)
        return [f"{wide} px too wide"] if wide > 0 else []

    def too_small(self):
        return self.page.evaluate(TOO_SMALL)

    def texts(self):
        return self.page.evaluate(SHOWN_TEXTS)


def told(*findings):
    """What was found, a line for each, so that all of it can be read."""
    return "\n".join(
        f"{path}: {one}" for found in findings for path, listed in found.items() for one in listed
    )


def raw_ids(texts):
    shape = re.compile(rf"\b({'|'.join(FAMILIES)})\.[a-z_]+[a-z0-9]\b|[{{}}]")
    return [
        text for text in texts if shape.search(text) and "://" not in text and not text.startswith("python ")
    ]


def is_excused(rule, selector, seen):
    for one in EXCEPTIONS:
        if one[0] == rule and one[1] in selector:
            seen.add(one)
            return True
    return False


def test_pages__keep_nobody_out_and_speak_vietnamese(browser, app, places_to_look):
    """At 1280 x 800, and nothing cut at 1366 x 768."""
    look, english, excused = Look(browser, app, DESKTOP, "vi"), streamlits_words(), set()
    left, barriers, cut, titles = {}, {}, {}, {}
    for path in (*PAGES, *places_to_look, *OWN):
        look.at(path)
        texts = look.texts()
        barriers[path] = [one for one in look.barriers() if not is_excused(one[0], one[1], excused)]
        titles[path] = [] if look.page.locator("h1").count() == 1 else ["not one title"]
        left[path] = [one for one in texts if one in english and one not in LEFT_IN_ENGLISH] + raw_ids(texts)
        look.page.set_viewport_size(LAPTOP)
        cut[path] = look.too_wide()
        look.page.set_viewport_size(DESKTOP)
    look.context.close()
    assert told(barriers, left, cut, titles) == ""
    assert excused == set(EXCEPTIONS)  # one that is no longer needed goes


def test_pages__on_a_phone(browser, app, places_to_look):
    """At 390 x 844: no barrier, nothing wider than the screen, nothing too small for a thumb."""
    look, excused = Look(browser, app, PHONE, "vi"), set()
    barriers, cut, small = {}, {}, {}
    for path in (*PAGES, *places_to_look, *OWN):
        look.at(path)
        barriers[path] = [one for one in look.barriers() if not is_excused(one[0], one[1], excused)]
        cut[path] = look.too_wide()
        small[path] = look.too_small()
    look.context.close()
    assert told(barriers, cut, small) == ""


def test_pages__in_english_on_a_phone(browser, app):
    """English words are longer: still nothing wider than the screen, and no text without a translation."""
    look = Look(browser, app, PHONE, "en")
    cut, raw = {}, {}
    for path in (*PAGES, *OWN):
        look.at(path)
        cut[path] = look.too_wide()
        raw[path] = raw_ids(look.texts())
    look.context.close()
    assert told(cut, raw) == ""


def test_words__follow_what_streamlit_draws_later(visit):
    """What opens on a click: the calendar, a list without a match; and the other language puts English back."""
    page = visit()
    page.locator("[data-testid=stDateInput] button").first.click()
    expect(page.get_by_label("Tháng trước")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("[data-testid=stSidebar] [data-testid=stSelectbox] input").fill("không có gì")
    expect(page.get_by_text("Không có mục nào")).to_be_visible()
    page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.lang") == "vi"
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_label("Choose date").first).to_be_visible()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_bar__on_a_phone_nothing_of_the_page_shows_through_it(visit):
    """Under the button of the list of pages the page scrolls away, not through."""
    page = visit(size=PHONE)
    button = page.get_by_test_id("stExpandSidebarButton")
    expect(page.locator(".gp-hero")).to_be_visible()
    page.locator(".gp-hero").evaluate("one => one.scrollIntoView({block: 'start'})")
    bar, at = page.get_by_test_id("stHeader").bounding_box(), button.bounding_box()
    assert at["y"] + at["height"] <= bar["y"] + bar["height"]
    assert bar["width"] == PHONE["width"]
    colour = page.get_by_test_id("stHeader").evaluate("one => getComputedStyle(one).backgroundColor")
    assert colour == "rgb(255, 255, 255)"
    assert page.locator(".gp-hero").bounding_box()["y"] >= bar["y"] + bar["height"]
