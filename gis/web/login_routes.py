"""The routes of the way in and out: log in, one-time code, another password, log out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode

from anyio import to_thread
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse
from starlette.routing import Route

from gis.access import LoginRefusedError, NoAccountError, TooManyLoginsError, require_password
from gis.errors import GisError, Problem, RefusedError
from gis.project import accounts, logins
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES, Texts
from gis.web import oidc
from gis.web.door import NEW_PASSWORD, NO_STORE
from gis.web.login_pages import Form, form_page, language_of, own_address, sentence_page
from gis.web.oidc import ProviderError, provider_name
from gis.web.visitors import BACK, BY_PROVIDER, CHANGE, COOKIE, FIRST, LOGIN, LOGOUT, STILL_IN, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from gis.project import Project
    from gis.project.logins import Entered

MOST_BYTES: Final = 10_000
MOST_FIELDS: Final = 20
HEADERS: Final = NO_STORE | {"X-Robots-Tag": "noindex"}
_WRONG: Final = 401
_TOO_MANY: Final = 429


def login_routes(project_of: Callable[[], Project]) -> list[BaseRoute]:
    """The routes of the way in and out.

    Args:
        project_of: The open project.
    """

    def posted(answer: Callable[[Project, Request, Mapping[str, str]], Response]) -> Callable[..., object]:
        async def handle(request: Request) -> Response:
            sent = await _sent(request)
            if sent is None:
                return _sentence("account.too_large", 413)
            return await to_thread.run_sync(lambda: _answered(answer, project_of, request, sent))

        return handle

    async def arrive(request: Request) -> Response:
        words = _words(request)
        try:
            entered, address = await oidc.arrive(request, project_of, _now())
        except (ProviderError, LoginRefusedError) as error:
            return _refused(_login_form("", "/"), words, _by_provider(error))
        except GisError as error:
            return PlainTextResponse(words.error(error) + "\n", 503, headers=HEADERS)
        return let_in(request, entered, own_address(address))

    return [
        Route(BY_PROVIDER, _leave),
        Route(BACK, arrive),
        Route(LOGIN, _show_login),
        Route(LOGIN, posted(_log_in), methods=["POST"]),
        Route(NEW_PASSWORD, _show_new),
        Route(NEW_PASSWORD, posted(_set_password), methods=["POST"]),
        Route(CHANGE, _show_change),
        Route(CHANGE, posted(_change_password), methods=["POST"]),
        Route(LOGOUT, _show_logout),
        Route(LOGOUT, posted(_log_out), methods=["POST"]),
        Route(FIRST, _show_first),
        Route(FIRST, posted(_add_first), methods=["POST"]),
        Route(STILL_IN, _still_in),
    ]


async def _still_in(request: Request) -> Response:
    return JSONResponse({"in": asking(request).is_authenticated}, headers=HEADERS)


async def _show_login(request: Request) -> Response:
    if asking(request).is_authenticated:
        return _go("/")
    return _form(_login_form("", own_address(request.query_params.get("next"))), _words(request))


async def _leave(request: Request) -> Response:
    back = str(request.url.replace(path=BACK, query=""))
    try:
        return await oidc.leave(request, back, own_address(request.query_params.get("next")))
    except ProviderError as error:
        return _refused(_login_form("", "/"), _words(request), error)


def _by_provider(error: GisError) -> GisError:
    """A refusal in words that fit: nobody has typed a password here."""
    return NoAccountError() if isinstance(error, LoginRefusedError) else error


async def _show_change(request: Request) -> Response:
    return _form(_change_form(), _words(request)) if asking(request).session else _go("/")


async def _show_logout(request: Request) -> Response:
    return (
        _form(Form("logout", LOGOUT, (), {}, {}), _words(request)) if asking(request).session else _go(LOGIN)
    )


async def _show_first(request: Request) -> Response:
    return _go("/") if asking(request).session else _form(_first_form("", ""), _words(request))


async def _show_new(_: Request) -> Response:
    return _go(LOGIN)


def _words(request: Request) -> Texts:
    return Texts(language_of(request.query_params.get("lang")))


async def _sent(request: Request) -> Mapping[str, str] | None:
    """The fields of a form, each once; None where there is far more than a form."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            return None
    if body.count(b"&") > MOST_FIELDS:
        return None
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _answered(
    answer: Callable[[Project, Request, Mapping[str, str]], Response],
    project_of: Callable[[], Project],
    request: Request,
    sent: Mapping[str, str],
) -> Response:
    """An answer, or what is wrong with the project."""
    try:
        project = project_of()
        fits = accounts.exist(project) == (request.url.path != FIRST)
        return answer(project, request, sent) if fits else _go("/")
    except GisError as error:
        words = Texts(language_of(sent.get("lang")))
        return PlainTextResponse(words.error(error) + "\n", 503, headers=HEADERS)


def _log_in(project: Project, request: Request, sent: Mapping[str, str]) -> Response:
    words, address = Texts(language_of(sent.get("lang"))), own_address(sent.get("next"))
    account, secret = sent.get("account", ""), sent.get("secret", "")
    try:
        entered = logins.log_in(project, account, secret, _peer(request), _now())
    except (LoginRefusedError, TooManyLoginsError) as error:
        return _refused(_login_form(account, address), words, error)
    if not entered.token:
        return _form(_new_form(entered.account_id, secret, address), words)
    return _let_in(request, entered, address, words)


def _set_password(project: Project, request: Request, sent: Mapping[str, str]) -> Response:
    words, address = Texts(language_of(sent.get("lang"))), own_address(sent.get("next"))
    account, code = sent.get("account", ""), sent.get("code", "")
    try:
        _require_same(sent)
        entered = logins.set_password(
            project, account, code, sent.get("password", ""), _peer(request), _now()
        )
    except RefusedError as error:
        return _refused(_new_form(account, code, address), words, error)
    except (LoginRefusedError, TooManyLoginsError) as error:
        return _refused(_login_form(account, address), words, error)
    return _let_in(request, entered, address, words)


def _add_first(project: Project, request: Request, sent: Mapping[str, str]) -> Response:
    """The first account, by whoever sits at the machine: nobody else gets here while there is none."""
    words, account, name = Texts(language_of(sent.get("lang"))), sent.get("account", ""), sent.get("name", "")
    try:
        _require_same(sent)
        wanted, password = account.strip(), sent.get("password", "")
        require_password(password, wanted)
        code = accounts.add(project, wanted, "administrator", wanted, _now(), name=name, first=True)
        entered = logins.set_password(project, wanted, code, password, _peer(request), _now())
    except GisError as error:
        return _refused(_first_form(account, name), words, error)
    return _let_in(request, entered, "/", words)


def _change_password(project: Project, request: Request, sent: Mapping[str, str]) -> Response:
    words, session = Texts(language_of(sent.get("lang"))), asking(request).session
    if session is None:
        return _go(LOGIN)
    try:
        _require_same(sent)
        old, password = sent.get("old", ""), sent.get("password", "")
        logins.change_password(project, session, old, password, _peer(request), _now())
    except (RefusedError, LoginRefusedError, TooManyLoginsError) as error:
        return _refused(_change_form(), words, error)
    done = sentence_page(
        words("account.change_title"), words("account.changed"), "/", words("account.go_on"), words
    )
    return HTMLResponse(done, headers=HEADERS)


def _log_out(project: Project, request: Request, _: Mapping[str, str]) -> Response:
    logins.log_out(project, request.cookies.get(COOKIE, ""))
    answer = _go(LOGIN)
    answer.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax", secure=_is_secure(request))
    return answer


def _require_same(sent: Mapping[str, str]) -> None:
    if sent.get("password", "") != sent.get("again", ""):
        raise RefusedError(problems=[Problem("", "refused.password_again")])


def let_in(request: Request, entered: Entered, address: str) -> Response:
    """On to an address, with the session's cookie: no script reads it, no other page sends it along."""
    answer = _go(address)
    answer.set_cookie(
        COOKIE,
        entered.token,
        max_age=int(logins.LONGEST.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(request),
    )
    return answer


def _let_in(request: Request, entered: Entered, address: str, words: Texts) -> Response:
    if words.language != DEFAULT_LANGUAGE and address == "/":
        address = f"/?lang={words.language}"
    return let_in(request, entered, address)


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _login_form(account: str, address: str) -> Form:
    return Form("login", LOGIN, ("account", "secret"), {"account": account}, {"next": address})


def _new_form(account: str, code: str, address: str) -> Form:
    # Account and code were typed a moment ago, by whoever sees them again.
    hidden = {"account": account, "code": code, "next": address}
    return Form("new", NEW_PASSWORD, ("password", "again"), {}, hidden)


def _first_form(account: str, name: str) -> Form:
    return Form(
        "first", FIRST, ("account", "name", "password", "again"), {"account": account, "name": name}, {}
    )


def _change_form() -> Form:
    return Form("change", CHANGE, ("old", "password", "again"), {}, {})


def _form(form: Form, words: Texts) -> Response:
    provider = _way_by_provider(form)
    return HTMLResponse(form_page(form, words, provider=provider), headers=HEADERS)


def _way_by_provider(form: Form) -> str:
    if form.page != "login" or not provider_name():
        return ""
    return f"{BY_PROVIDER}?{urlencode({'next': form.hidden['next']})}"


def _refused(form: Form, words: Texts, error: GisError) -> Response:
    status = _TOO_MANY if isinstance(error, TooManyLoginsError) else _WRONG
    reasons = [words.problem(problem) for problem in error.problems]
    provider = _way_by_provider(form)
    page = form_page(form, words, refusal=words.error(error), reasons=reasons, provider=provider)
    return HTMLResponse(page, status, headers=HEADERS)


def _sentence(message: str, status: int) -> Response:
    lines = "".join(f"{Texts(language)(message)}\n" for language in LANGUAGES)
    return PlainTextResponse(lines, status, headers=HEADERS)


def _go(address: str) -> RedirectResponse:
    return RedirectResponse(address, 303, headers=HEADERS)


def _peer(request: Request) -> str:
    return request.client.host if request.client else ""


def _now() -> datetime:
    return datetime.now(UTC)
