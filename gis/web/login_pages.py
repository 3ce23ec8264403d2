"""The pages of the way in, as plain HTML that a phone shows at once: log in, set a password, change it.

Pure: no file, no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from gis.access import PASSWORD_LEAST, PASSWORD_MOST
from gis.texts import DEFAULT_LANGUAGE, LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.texts import Texts

STYLE: Final = """
* { box-sizing: border-box }
body { margin: 0; background: #f3f6f1; color: #1f2a24; font: 16px/1.5 sans-serif }
main { max-width: 420px; margin: 6vh auto; padding: 24px; background: #fff }
main { border: 1px solid #d5ddd3; border-radius: 8px }
h1 { margin: 0 0 4px; font-size: 22px; line-height: 1.3 }
p { margin: 0 0 16px }
.note { color: #4c5a52; font-size: 14px }
label { display: block; margin: 14px 0 4px; font-weight: 600 }
input { width: 100%; padding: 11px 12px; border: 1px solid #7d8b82; border-radius: 6px; font: inherit }
input:focus-visible, button:focus-visible, a:focus-visible { outline: 3px solid #f9a825; outline-offset: 1px }
button, .button { display: block; width: 100%; margin-top: 20px; padding: 12px; border: 0 }
button, .button { border-radius: 6px; background: #1b5e20; color: #fff }
button, .button { font: inherit; font-weight: 600; text-align: center }
button, .button { text-decoration: none; cursor: pointer }
a { color: #1b5e20 }
.button.second { background: #fff; color: #1b5e20; border: 1px solid #1b5e20 }
.refusal { padding: 10px 12px; border-left: 4px solid #b3261e; background: #fdecea }
.refusal ul { margin: 4px 0 0; padding-left: 20px }
.done { padding: 10px 12px; border-left: 4px solid #1b5e20; background: #e8f3e8 }
nav { margin-top: 20px; font-size: 14px; text-align: right }
@media (max-width: 460px) { main { margin: 0; min-height: 100vh; border: 0; border-radius: 0 } }
"""
# What a password manager needs to know of a field.
_AUTOCOMPLETE: Final = {
    "account": "username",
    "secret": "current-password",
    "old": "current-password",
    "password": "new-password",
    "again": "new-password",
    "name": "name",
}
_PLAIN: Final = {"account", "name"}


@dataclass(frozen=True, slots=True)
class Form:
    """A form of one of the pages.

    Args:
        page: "login", "new", "change", "first" or "logout": the family of its texts.
        action: Where it is sent.
        fields: Names of the fields, in order.
        values: What stands in a field; never a password.
        hidden: Fields that are sent along.
    """

    page: str
    action: str
    fields: tuple[str, ...]
    values: dict[str, str]
    hidden: dict[str, str]


def form_page(
    form: Form,
    words: Texts,
    *,
    refusal: str = "",
    reasons: Sequence[str] = (),
    done: str = "",
    provider: str = "",
) -> str:
    """A whole page with one form.

    Args:
        form: What is asked for.
        words: Language.
        refusal: Why the last try was not taken.
        reasons: All reasons where there are several.
        done: What has been done.
        provider: Where the way by an identity provider begins; "" for none.
    """
    fields = "".join(_field(name, form.values.get(name, ""), words) for name in form.fields)
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in (form.hidden | {"lang": words.language}).items()
    )
    body = (
        f"<h1>{escape(words(f'account.{form.page}_title'))}</h1>"
        f'<p class="note">{escape(words(f"account.{form.page}_note", least=PASSWORD_LEAST))}</p>'
        + _refusal_html(refusal, reasons)
        + (f'<p class="done" role="status">{escape(done)}</p>' if done else "")
        + f'<form method="post" action="{escape(form.action)}">{hidden}{fields}'
        f'<button type="submit">{escape(words(f"account.{form.page}_button"))}</button></form>'
    )
    if form.page in {"change", "first", "logout"}:
        back = f"/?lang={words.language}"
        body += f'<a class="button second" href="{escape(back)}">{escape(words("account.back"))}</a>'
    if provider:
        body += (
            f'<a class="button second" href="{escape(provider)}">{escape(words("account.by_provider"))}</a>'
        )
    return _page(words(f"account.{form.page}_title"), body + _languages(form, words), words)


def sentence_page(title: str, sentence: str, address: str, label: str, words: Texts) -> str:
    """A page that says one thing and leads on."""
    body = (
        f'<h1>{escape(title)}</h1><p>{escape(sentence)}</p><a class="button" href="{escape(address)}">'
        f"{escape(label)}</a>"
    )
    return _page(title, body, words)


def _page(title: str, body: str, words: Texts) -> str:
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
    )


def _field(name: str, value: str, words: Texts) -> str:
    kind = "text" if name in _PLAIN else "password"
    told = _AUTOCOMPLETE[name]
    plain = ' autocapitalize="none" spellcheck="false"' if kind == "text" else ""
    filled = f' value="{escape(value)}"' if value and kind == "text" else ""
    needed = "" if name == "name" else " required"
    first = " autofocus" if name in {"account", "password", "old"} and not value else ""
    return (
        f'<label for="{name}">{escape(words(f"account.field_{name}"))}</label>'
        f'<input id="{name}" name="{name}" type="{kind}" maxlength="{PASSWORD_MOST}"{needed}'
        f' autocomplete="{told}"{plain}{filled}{first}>'
    )


def _refusal_html(refusal: str, reasons: Sequence[str]) -> str:
    if not refusal:
        return ""
    listed = "".join(f"<li>{escape(reason)}</li>" for reason in reasons) if len(reasons) > 1 else ""
    inside = f"<ul>{listed}</ul>" if listed else ""
    return f'<div class="refusal" role="alert">{escape(refusal)}{inside}</div>'


def _languages(form: Form, words: Texts) -> str:
    if form.page in {"new", "logout"}:  # what was typed would be lost on the way
        return ""
    kept = {"next": form.hidden["next"]} if "next" in form.hidden else {}
    links = [
        f'<a hreflang="{language}" href="?{escape(urlencode(kept | {"lang": language}))}">'
        f"{escape(words(f'page.language_{language}'))}</a>"
        for language in LANGUAGES
        if language != words.language
    ]
    return f"<nav>{' · '.join(links)}</nav>"


def own_address(text: str | None) -> str:
    """Where to go after the login: an address of this server, else its first page.

    >>> [own_address(text) for text in ("/ban-do?parcel=P1", "//evil.vn", "https://evil.vn", None)]
    ['/ban-do?parcel=P1', '/', '/', '/']
    """
    asked = text or ""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return "/"
    plain = asked.isascii() and asked.isprintable() and "\\" not in asked
    local = not parts.scheme and not parts.netloc and asked.startswith("/") and not asked.startswith("//")
    return asked if plain and local else "/"


def language_of(text: str | None) -> str:
    """A language that there is.

    >>> language_of("en"), language_of("<script>")
    ('en', 'vi')
    """
    return text if text in LANGUAGES else DEFAULT_LANGUAGE
