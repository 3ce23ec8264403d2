"""The user's guide as a page of its own: Markdown in, one plain HTML page out that a phone shows at once.

Pure: no file, no clock.
"""

from __future__ import annotations

import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

from gis.vietnamese import fold
from gis.web.assets import BASE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

    from gis.texts import Texts

GUIDE: Final = "/huong-dan/"
# HTML in a text is shown as it was typed; links lead only to where a browser may go.
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def guide_link(words: Texts) -> str:
    """The way to the guide from the other pages."""
    label = escape(words("guide.title"))
    return f'<p class="gp-head"><a href="{GUIDE}" target="_blank" rel="noopener">{label}</a></p>'


def guide_html(text: str, words: Texts, *, is_first: bool) -> str:
    """A guide as a page.

    Args:
        text: In Markdown; its first line is the title.
        words: Language of the links around it.
        is_first: Whether it is the user's guide itself: the others lead back to it.
    """
    tokens = _MARKDOWN.parse(text)
    headings = _number_headings(tokens)
    title = next((said for level, _, said in headings if level == "h1"), words("guide.title"))
    contents = [(name, said) for level, name, said in headings if level == "h2"]
    body: str = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    listed = "".join(f'<li><a href="#{name}">{escape(said)}</a></li>' for name, said in contents)
    back = f'<a href="/">{escape(words("guide.to_app"))}</a>'
    if not is_first:
        back += f' · <a href="{GUIDE}">{escape(words("guide.title"))}</a>'
    return (
        '<!doctype html><html lang="vi"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="{BASE}/guide.css"></head>'
        f"<body><nav>{back}</nav><main>{_with_contents(body, listed)}</main></body></html>"
    )


def _with_contents(body: str, listed: str) -> str:
    """The list of headings before the first of them."""
    at = body.find("<h2")
    if at < 0 or not listed:
        return body
    return f'{body[:at]}<ul class="contents">{listed}</ul>{body[at:]}'


def _number_headings(tokens: Sequence[Token]) -> list[tuple[str, str, str]]:
    """Give each heading a name to link to; returns (level, name, text) of each."""
    found = []
    for token, inner in pairwise(tokens):
        if token.type == "heading_open":
            name = slug(inner.content)
            token.attrSet("id", name)
            found.append((token.tag, name, inner.content.replace("*", "")))
    return found


def slug(text: str) -> str:
    """The name of a heading in an address.

    >>> slug("Ghi nhận **bàn giao** (một thửa)")
    'ghi-nhan-ban-giao-mot-thua'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")
