"""The route of the scans, called as a server calls it, on a copy of the sample."""

import io
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware

from gis.project import Project, attachments
from gis.store.database import Stamp
from gis.web.attachment_routes import attachment_link, attachment_routes
from gis.web.guard import LoopbackGuard

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "store"))
from scans import HEIC, picture
from webasgi import answer, http_scope

STAMP = Stamp("lan", "r1", datetime(2026, 3, 1, 8, tzinfo=UTC))


@pytest.fixture
def project(sample_copy):
    opened = Project.open(sample_copy)
    yield opened
    opened.close()


@pytest.fixture
def ask(project):
    app = Starlette(routes=attachment_routes(lambda: project), middleware=[Middleware(LoopbackGuard)])

    def asked(sha256, **facts):
        return answer(app, http_scope(attachment_link(sha256), **facts))

    return asked


def added(project, content, name="Biên bản hộ 12.PDF"):
    return attachments.attach_stream(project, io.BytesIO(content), name, STAMP)


@pytest.mark.parametrize(
    ("content", "how", "ending"),
    [
        (picture("PDF"), "attachment", ".pdf"),
        (picture("JPEG"), "inline", ".jpg"),
        (HEIC, "attachment", ".heic"),
        (picture("TIFF"), "attachment", ".tif"),
    ],
)
def test_attachment__its_bytes_under_safe_headers(project, ask, content, how, ending):
    kept = added(project, content)
    status, headers, body = ask(kept.sha256)
    assert (status, body) == (200, content)
    assert headers["content-type"] == kept.type
    assert headers["content-length"] == str(len(content))
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"
    shown, plain, full = headers["content-disposition"].split("; ")
    assert (shown, plain) == (how, f'filename="{kept.sha256[:12]}{ending}"')
    assert unquote(full.removeprefix("filename*=UTF-8''")) == "Biên bản hộ 12" + ending


def test_attachment__nothing_in_it_may_run(project, ask):
    """Both policies go out, the guard's and the stricter one: a browser holds to both."""
    kept = added(project, picture("PDF"))
    app = Starlette(routes=attachment_routes(lambda: project), middleware=[Middleware(LoopbackGuard)])
    from webasgi import messages

    start = messages(app, http_scope(attachment_link(kept.sha256)))[0]
    policies = [value for name, value in start["headers"] if name == b"content-security-policy"]
    assert b"sandbox; default-src 'none'" in policies
    assert len(policies) == 2


def test_attachment__a_name_cannot_break_the_header(project, ask):
    kept = added(project, picture("PNG"), 'a"; evil=\r\nSet-Cookie: x\n.png')
    _, headers, _ = ask(kept.sha256)
    assert "set-cookie" not in headers
    assert "\n" not in headers["content-disposition"]
    assert headers["content-disposition"].count('"') == 2


def test_attachment__a_kind_that_somebody_wrote_into_the_register_is_not_served(project, ask):
    kept = added(project, picture("PNG"))
    with project.ledger.writing() as writer:
        writer.connection.exec_driver_sql("UPDATE attachment SET type = 'text/html'")
    status, headers, _ = ask(kept.sha256)
    assert (status, headers["content-type"]) == (200, "application/octet-stream")
    assert headers["content-disposition"].startswith("attachment; ")


@pytest.mark.parametrize("name", ["0" * 64, "..%2f..%2fproject.toml", "A" * 64, "x"])
def test_attachment__one_that_never_was(ask, name):
    status, headers, body = ask(name)
    assert (status, headers["content-type"]) == (404, "text/plain; charset=utf-8")
    assert body.decode().startswith("Không có tệp đính kèm")


def test_attachment__erased_gone_and_altered_are_told_apart(project, ask):
    pdf, jpeg, png = (added(project, picture(kind)) for kind in ("PDF", "JPEG", "PNG"))
    attachments.erase(project, pdf.sha256, "theo đơn", STAMP)
    folder = attachments.folder_of(project)
    (folder / jpeg.sha256[:2] / jpeg.sha256).unlink()
    altered = folder / png.sha256[:2] / png.sha256
    altered.chmod(0o644)
    altered.write_bytes(b"<html>")
    answers = [ask(one.sha256) for one in (pdf, jpeg, png)]
    assert [status for status, _, _ in answers] == [410, 500, 500]
    assert len({body for _, _, body in answers}) == 3
    assert b"<html>" not in answers[2][2]


def test_attachment__the_guard_stands_before_it(project, ask):
    kept = added(project, picture("PDF"))
    assert ask(kept.sha256, peer="10.0.0.5")[0] == 403
    assert ask(kept.sha256, host="evil.vn")[0] == 403
    assert ask(kept.sha256, method="POST")[0] in {403, 405}
