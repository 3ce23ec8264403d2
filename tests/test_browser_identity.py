"""Accounts in a real browser: what a viewer receives holds no name, an open page ends, the login works on a phone."""

import re
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browserworld import DESKTOP, PHONE, ROOT, WAIT_MS, serving
from namesearch import found_names, people_of, unpacked
from playwright.sync_api import expect

from gis.deadlines import DEFAULT_DEADLINES
from gis.ledger.batches import AddDocument, JoinBatch, OpenBatch
from gis.ledger.deliveries import DeliverBlock
from gis.ledger.marks import Mark
from gis.ledger.money import RecordMoney
from gis.ledger.objects import ListObject
from gis.ledger.obstacles import OpenObstacle
from gis.ledger.visits import RecordVisit
from gis.milestones import MILESTONES
from gis.project import Project, accounts, logins, register_edits
from gis.store.database import Stamp
from gis.web import common

pytestmark = pytest.mark.browser
PASSWORDS = {"chu.tich": "xem so lieu moi ngay", "lan": "di thon Sau gap ho", "quan.tri": "giu chia khoa so"}
ROLES = {"quan.tri": "administrator", "lan": "editor", "chu.tich": "viewer"}
# Every page that the frame offers, whoever asks for it, and the pages beside them.
FRAME = (ROOT / "gis/web/pages/main.py").read_text("utf-8")
PAGES = ("", "ho", "nhap-du-lieu", *re.findall(r'url_path="([a-z-]+)"', FRAME))
BESIDE = (
    "thuc-dia",
    "trinh-chieu",
    "so-lieu/handed",
    "so-lieu/stuck",
    "dang-xuat",
    "mat-khau",
)


@pytest.fixture(scope="module")
def folder(sample_folder, tmp_path_factory):
    """The sample with an administrator, an editor and a viewer."""
    copied = tmp_path_factory.mktemp("identity") / "data"
    shutil.copytree(sample_folder, copied)
    project, now = Project.open(copied), datetime.now(UTC)
    for account, role in ROLES.items():
        code = accounts.add(project, account, role, "quan.tri", now)
        logins.set_password(project, account, code, PASSWORDS[account], "127.0.0.1", now)
    project.close()
    return copied


@pytest.fixture(scope="module")
def server(folder, tmp_path_factory):
    log = tmp_path_factory.mktemp("server") / "log.txt"
    with serving(folder, log) as started:
        yield started.address
    said = started.said()
    assert not any(password in said for password in PASSWORDS.values())


# The last buttons of a long page are drawn some time after its script has run.
AT_REST = """() => {
    const drawn = document.querySelectorAll("[data-testid=stMain] *").length;
    if (window.drawn !== drawn) { window.drawn = drawn; window.drawnAt = performance.now(); }
    return performance.now() - window.drawnAt > 500;
}"""


class Window:
    """A browser of its own, and every byte that it receives."""

    def __init__(self, browser, server, size=None):
        self.server = server
        self.context = browser.new_context(viewport=size or DESKTOP, locale="vi-VN")
        self.context.set_default_timeout(WAIT_MS)
        self.page = self.context.new_page()
        self.received = []
        self.downloads = []
        self.page.on("response", self._keep)
        self.page.on("websocket", lambda channel: channel.on("framereceived", self._frame))

    def _keep(self, answer):
        self.received.append(answer)

    def _frame(self, frame):
        self.received.append(frame if isinstance(frame, bytes) else str(frame).encode())

    def bytes(self):
        """All that came, by HTTP and by websocket."""
        found = []
        for one in self.received:
            if isinstance(one, bytes):
                found.append(one)
            elif one.status not in {204, 301, 302, 303, 304}:
                found.append(one.url.encode() + b"\n" + str(one.headers).encode() + b"\n" + body(one))
        return b"\n".join(found)

    def log_in(self, account):
        self.page.goto(f"{self.server}/dang-nhap")
        self.page.get_by_label("Tài khoản").fill(account)
        self.page.get_by_label("Mật khẩu hoặc mã một lần").fill(PASSWORDS[account])
        self.page.get_by_role("button", name="Đăng nhập", exact=True).click()
        expect(self.page.locator(".gp-account")).to_be_attached()
        return self

    def visit(self, path):
        """Open a page and wait until Streamlit has run it."""
        self.page.goto(f"{self.server}/{path}")
        expect(self.page.locator(".gp-account")).to_be_attached()
        expect(self.page.locator('[data-test-script-state="notRunning"]')).to_be_attached()
        expect(self.page.locator('[data-testid="stException"]')).to_have_count(0)

    def take_downloads(self):
        """Click every button of the page that gives a file, and keep what it gave."""
        self.page.wait_for_function(AT_REST)
        for one in self.page.locator('[data-testid="stDownloadButton"] button:visible').all():
            with self.page.expect_download() as waiting:
                one.click()
            self.downloads.append(waiting.value.suggested_filename)
            assert waiting.value.failure() is None, one.inner_text()
            self.received.append(unpacked(Path(waiting.value.path()).read_bytes()))


def body(answer):
    try:
        return answer.body()
    except Exception:  # noqa: BLE001 - a page that was left before its answer came
        return b""


@pytest.fixture
def window(browser, server):
    opened = []

    def make(size=None):
        opened.append(Window(browser, server, size))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()


@pytest.fixture(scope="module")
def held(folder):
    """Names of the sample's people, and a parcel of somebody."""
    project = Project.open(folder)
    snapshot = project.snapshot(datetime.now(UTC).date())
    names = people_of(project)
    parcels = [
        p for p in snapshot.units.index if any(h.household in names for h in snapshot.state.of_parcel(p))
    ]
    project.close()
    assert len(names) > 100
    return names, parcels[:3]


def everywhere(view, held):
    """Every page, cards of parcels, the proof card, and addresses that somebody might guess."""
    names, parcels = held
    for path in PAGES:
        view.visit(path)
        view.take_downloads()
    for parcel in parcels:
        view.visit(f"ban-do?parcel={parcel}")
    someone = next(iter(names))
    view.visit(f"ho?household={someone}")
    view.visit(f"chi-tra?household={someone}")
    view.visit("dot-van-ban?batch=D1")
    view.visit("ban-do?list=1")
    asked = {"on": common.today().isoformat(), "names": True}
    words = [names[someone], names[someone].split()[-2], names[someone].split()[0], someone]
    for path, field in (("tim", "q"), ("danh-sach-thua", "text"), ("danh-sach-thua/tai", "text")):
        for word in words:
            post = {"data": asked | {field: word}, "headers": {"Origin": view.server}}
            view.received.append(view.context.request.post(f"{view.server}/{path}", **post).body())
    for path in BESIDE:
        view.page.goto(f"{view.server}/{path}")
        view.page.wait_for_load_state("networkidle")
    guesses = [f"phieu-can-cu/{parcels[0]}?on=2026-06-01{more}" for more in ("", "&ten=1")]
    guesses += [
        "map/parcels",
        "map/zones",
        "attachments/" + "0" * 64,
        "_stcore/metrics",
        "media/x.csv",
    ]
    guesses += [f"tim?q={text}" for text in ("nguyen", "tran", someone)]  # it answers what is posted
    guesses += ["ledger.db", "..%2fledger.db", "%2e%2e/households/households.csv", "static/../../ledger.db"]
    for path in guesses:
        answer = view.context.request.get(f"{view.server}/{path}", max_redirects=0)
        view.received.append(answer.url.encode() + answer.body())


def test_viewer__nothing_that_the_browser_receives_holds_a_name(window, held):
    """Beside it the editor's, by the same way: there the names are found, so that the test can fail."""
    viewer, editor = window().log_in("chu.tich"), window().log_in("lan")
    for view in (editor, viewer):
        everywhere(view, held)
    names = set(held[0].values())
    assert len(found_names(editor.bytes(), names)) > 20
    assert found_names(viewer.bytes(), names) == set()
    assert len(viewer.bytes()) > 500_000
    assert {Path(name).suffix for name in viewer.downloads} >= {".csv", ".xlsx"}


def test_viewer__has_no_page_of_names_and_no_form(window, held):
    viewer = window().log_in("chu.tich")
    viewer.visit(f"ban-do?parcel={held[1][0]}")
    shown = viewer.page.get_by_test_id("stSidebarNav").inner_text()
    assert "Bản đồ" in shown
    for title in ("Hộ và thửa", "Nhập dữ liệu", "Tài khoản"):
        assert title not in shown.split("\n")
    expect(viewer.page.get_by_text("Tài khoản này chỉ xem")).to_be_visible()
    expect(viewer.page.get_by_role("button", name="Ghi nhận bàn giao")).to_have_count(0)


def test_log__says_who_saw_whom(window, folder, held):
    editor = window().log_in("lan")
    editor.visit(f"ban-do?parcel={held[1][0]}")
    editor.visit("ho")
    project = Project.open(folder)
    found = {one.what: one for one in reversed(accounts.name_log(project, by="lan"))}
    assert accounts.name_log(project, by="chu.tich") == []
    project.close()
    assert found["people"].count == 20
    assert "card" in found
    admin = window().log_in("quan.tri")
    admin.visit("tai-khoan")
    admin.page.get_by_text("Ai đã xem họ tên").click()
    expect(admin.page.get_by_text("Danh sách hộ").first).to_be_visible()


def test_open_page__goes_to_the_login_when_its_session_ends(window, folder):
    view = window().log_in("lan")
    view.visit("ban-do")
    project = Project.open(folder)
    accounts.end_sessions(project, "lan", "quan.tri", datetime.now(UTC))
    project.close()
    view.page.wait_for_url(re.compile(r"/dang-nhap\?next=%2Fban-do"))
    expect(view.page.get_by_label("Tài khoản")).to_be_visible()


def test_logout__by_its_page(window):
    view = window().log_in("lan")
    view.page.get_by_role("link", name="Đăng xuất").click()
    view.page.get_by_role("button", name="Đăng xuất").click()
    expect(view.page.get_by_label("Tài khoản")).to_be_visible()
    view.page.goto(f"{view.server}/ban-do")
    view.page.wait_for_url(re.compile("/dang-nhap"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_login__on_a_phone(window, language):
    view = window(PHONE)
    view.page.goto(f"{view.server}/dang-nhap?lang={language}")
    wide = view.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= PHONE["width"]
    for box in (one.bounding_box() for one in view.page.locator("input:visible, button").all()):
        assert box["height"] >= 44
        assert box["y"] + box["height"] <= PHONE["height"]


def test_accounts_page__a_new_account_from_code_to_work(window):
    admin = window().log_in("quan.tri")
    admin.visit("tai-khoan")
    admin.page.get_by_text("Thêm tài khoản", exact=True).click()
    admin.page.get_by_label("Tài khoản", exact=True).last.fill("binh")
    admin.page.get_by_role("button", name="Tạo tài khoản và lấy mã một lần").click()
    code = admin.page.locator(".gp-code").inner_text()
    assert re.fullmatch(r"([A-Z2-9]{4}-){3}[A-Z2-9]{4}", code)
    new = window()
    new.page.goto(f"{new.server}/dang-nhap")
    new.page.get_by_label("Tài khoản").fill("binh")
    new.page.get_by_label("Mật khẩu hoặc mã một lần").fill(code)
    new.page.get_by_role("button", name="Đăng nhập", exact=True).click()
    new.page.get_by_label("Mật khẩu mới", exact=True).fill("mot cau cua rieng minh")
    new.page.get_by_label("Nhập lại mật khẩu mới").fill("mot cau cua rieng minh")
    new.page.get_by_role("button", name="Đặt mật khẩu và vào").click()
    expect(new.page.locator(".gp-account b")).to_have_text("binh")


BAD = "<img src=x onerror='window.gpmbPwned=1'><script>gpmbPwned=1</script>"


@pytest.fixture(scope="module")
def attacked(folder, held):
    """The same project after somebody has written HTML and script into every text that the ledger and register take."""
    project, now = Project.open(folder), datetime.now(UTC)
    parcel, today = held[1][0], common.today()
    holdings = project.snapshot(today).state.of_parcel(parcel)
    holding = next(one for one in holdings if one.household in held[0])
    holder = holding.household
    open_step = next(one for one in MILESTONES if one not in holding.milestones)
    regime = next(iter(DEFAULT_DEADLINES.regimes))
    wanted = [
        Mark((parcel,), open_step, today, BAD, household=holder),
        OpenObstacle(parcel=parcel, household=holder, category="price", on=today, note=BAD),
        RecordVisit(holder, parcel, today, "refused", note=BAD),
        OpenBatch(BAD, today, regime, None, (regime,), "XSS"),
        JoinBatch("XSS", (holder,), today),
        AddDocument("XSS", "notified", BAD, today, signatory=BAD),
        RecordMoney(holder, "approved", 10, today, document=BAD, parcel=parcel),
        ListObject(parcel, holder, "grave_built", 1, today, note=BAD),
        DeliverBlock("<script>gpmbPwned=1</script>", today, (parcel,), document=BAD),
    ]
    for at, command in enumerate(wanted):
        project.do(command, Stamp("lan", f"bad-{at}", now))
    register_edits.edit(project, holder, {"name": BAD, "hamlet": BAD}, Stamp("lan", "bad-edit", now))
    accounts.add(project, "ten-la", "viewer", "quan.tri", now, name=BAD)
    project.close()
    return parcel, holder


def test_texts__html_and_script_are_shown_as_they_were_typed(window, attacked):
    parcel, holder = attacked
    view = window().log_in("quan.tri")
    view.page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    paths = [*PAGES, f"ban-do?parcel={parcel}", f"ho?household={holder}", f"chi-tra?household={holder}"]
    paths += ["dot-van-ban?batch=XSS", "ban-do?list=1"]
    for path in paths:
        view.visit(path)
        assert not any(frame.evaluate("window.gpmbPwned") for frame in view.page.frames), path
    view.visit(f"ban-do?parcel={parcel}")
    expect(view.page.get_by_text("<img src=x onerror=").first).to_be_attached()
    for path in (
        f"phieu-can-cu/{parcel}?on={common.today()}&ten=1",
        "thuc-dia",
        "trinh-chieu",
        "so-lieu/stuck",
    ):
        view.page.goto(f"{view.server}/{path}")
        view.page.wait_for_load_state("networkidle")
        assert not view.page.evaluate("window.gpmbPwned"), path


def test_addresses__no_trick_leads_to_a_file(window, server):
    """Over a bare connection: a browser would put such paths in order before it asks."""
    view = window().log_in("quan.tri")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in view.context.cookies())
    tricks = [
        f"{start}{up}{file}"
        for start in (
            "/",
            "/static/",
            "/media/",
            "/attachments/",
            "/map/",
            "/gpmb/",
            "/component/",
            "/_stcore/",
        )
        for up in (
            "../../",
            "..%2f..%2f",
            "%2e%2e/%2e%2e/",
            "..\\..\\",
            "....//....//",
            "%252e%252e%252f",
            "/",
        )
        for file in ("ledger.db", "households/households.csv", "app.py", "etc/passwd")
    ]
    tricks += [
        "//evil.vn/",
        "/\\evil.vn",
        "/%00",
        "/attachments/%00",
        "/attachments/C:%5cledger.db",
        "/" + "a" * 9000,
    ]
    for path in tricks:
        status, content = bare(server, "GET", path, {"Cookie": cookie})
        assert b"SQLite format" not in content, path
        assert b"household_id,name" not in content, path
        assert b"root:" not in content, path
        assert b"from streamlit.starlette import App" not in content, path
        assert status < 500, path


def test_uploads__too_large_is_refused_before_it_is_read(window, server):
    view = window().log_in("lan")
    view.visit("nhap-du-lieu")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in view.context.cookies())
    frames = b"".join(one for one in view.received if isinstance(one, bytes))
    pages = set(re.findall(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", frames))
    own = {"Cookie": cookie, "Origin": server, "Content-Length": str(400 * 1024 * 1024)}
    xsrf = next((one["value"] for one in view.context.cookies() if "xsrf" in one["name"]), "")
    answers = {
        bare(server, "PUT", f"/_stcore/upload_file/{page.decode()}/x", own | {"X-Xsrftoken": xsrf})[0]
        for page in pages
    }
    assert 413 in answers
    assert answers <= {400, 403, 413}  # of a page that is closed, of somebody else's, of its own
    assert bare(server, "PUT", "/_stcore/upload_file/another/x", own)[0] == 403
    assert bare(server, "POST", "/dang-nhap", own | {"Content-Length": "20000"}, b"x" * 20_000)[0] == 413


def bare(server, method, path, headers, content=b""):
    """Status and body of a request whose path and headers nobody puts in order."""
    host = server.removeprefix("http://")
    told = {"Host": host, "Connection": "close", **headers}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    with socket.create_connection((host.split(":")[0], int(host.split(":")[1])), timeout=30) as wire:
        wire.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        received = b""
        while b"\r\n\r\n" not in received and (chunk := wire.recv(65536)):
            received += chunk
        if method == "GET":
            while chunk := wire.recv(65536):
                received += chunk
    return int(received.split(b" ", 2)[1]) if received else 400, received
