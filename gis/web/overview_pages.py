"""The overview's own pages outside Streamlit: a list behind a figure, and the meeting-room screen.

They name nobody. Pure: no file, no clock.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from gis.web import overview_view as view
from gis.web.assets import BASE
from gis.web.bridge_table import entry_words
from gis.web.overview_view import Shown
from gis.web.proof_routes import proof_link

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis.ledger.entry import Entry
    from gis.texts import Texts
    from gis.web.overview_figures import Overview
    from gis.web.overview_listed import Listed, Row

A_PAGE: Final = 300
PARCELS_SHOWN: Final = 40
ENTRIES_SHOWN: Final = 12
FRESH_SECONDS: Final = 60


def _document(title: str, kind: str, styles: tuple[str, ...], body: str, words: Texts, head: str = "") -> str:
    sheets = "".join(f'<link rel="stylesheet" href="{BASE}/{name}">' for name in styles)
    return (
        f'<!doctype html><html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title>{head}{sheets}</head>"
        f'<body class="{kind}">{body}</body></html>'
    )


def _sample(found: Overview, words: Texts) -> str:
    return f'<div class="sample">{escape(words("app.sample"))}</div>' if found.snapshot.plan.synthetic else ""


def moment(found: Overview, words: Texts) -> str:
    """The day, and what of the ledger counts."""
    snapshot = found.snapshot
    return words("figures.moment", on=snapshot.on, seq=snapshot.known, hash=snapshot.head.hash[:8])


def presentation_html(found: Overview, words: Texts, *, fresh: bool) -> str:
    """The screen of a meeting room: large, nothing to press.

    Args:
        found: The figures.
        words: Language.
        fresh: Whether it shows the present, and so asks for it again each minute.
    """
    shown, plan = Shown(found, words, None), found.snapshot.plan
    title = words("overview.heading", commune=plan.commune.name)
    head = (
        f'<script src="{BASE}/presentation.js" data-every="{FRESH_SECONDS}" defer></script>' if fresh else ""
    )
    body = (
        f"<header><h1>{escape(title)}</h1><span>{escape(words.date(found.on))}</span></header>"
        + _sample(found, words)
        + f"<main>{_screen(shown)}</main>"
        + f"<footer>{escape(moment(found, words))}</footer>"
    )
    return _document(title, "ov-screen", ("overview.css", "presentation.css"), body, words, head)


def _screen(shown: Shown) -> str:
    """The figures; of a project without land, that there are none."""
    if shown.found.total.cleared_ha is None:
        return f'<p class="nothing">{escape(shown.words("page.nothing_yet"))}</p>'
    return view.headline(shown) + view.denominators(shown) + view.panels(shown)


def list_html(
    found: Overview, listed: Listed, first: int, pages: tuple[str | None, str | None], words: Texts
) -> str:
    """A list behind a figure.

    Args:
        found: The figures of the moment.
        listed: The list.
        first: Its first line here, from 0.
        pages: Addresses of the lines before and after; None where there are none.
        words: Language.
    """
    rows = listed.rows[first : first + A_PAGE]
    columns = _columns(listed, words)
    heads = "".join(f"<th{' class=num' if number else ''}>{escape(text)}</th>" for text, number in columns)
    told = _entries(found, rows) if listed.with_entries else {}
    lines = "".join(_line(columns, _cells(found, listed, row, told, words)) for row in rows)
    body = (
        _sample(found, words)
        + f"<h1>{escape(listed.title)}</h1>"
        + (f'<p class="sum">{escape(listed.total)}</p>' if listed.total else "")
        + f'<p class="note">{escape(moment(found, words))}</p>'
        + (f'<p class="note">{escape(listed.note)}</p>' if listed.note else "")
        + f'<div class="scroll" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        + f"<tbody>{lines}</tbody></table></div>"
        + _turning(len(listed.rows), first, pages, words)
    )
    return _document(listed.title, "ov-list", ("overview.css",), body, words)


def _turning(count: int, first: int, pages: tuple[str | None, str | None], words: Texts) -> str:
    before, after = pages
    if before is None and after is None:
        return ""
    last = min(first + A_PAGE, count)
    said = f"<span>{escape(words('figures.lines', first=first + 1, last=last, count=count))}</span>"
    back = f'<a href="{escape(before)}">{escape(words("figures.before"))}</a>' if before else ""
    on = f'<a href="{escape(after)}">{escape(words("figures.after"))}</a>' if after else ""
    return f"<nav>{back}{said}{on}</nav>"


def _columns(listed: Listed, words: Texts) -> list[tuple[str, bool]]:
    """The headings, and whether figures stand below them."""
    before = [(words("figures.col_parcel"), False)] if listed.with_parcels else []
    after = [(words("figures.col_entries"), False)] if listed.with_entries else []
    return [*before, *listed.columns, *after]


def _line(columns: Sequence[tuple[str, bool]], cells: Sequence[str]) -> str:
    """A row of HTML cells; each says its heading too, for a phone, where a row is a card."""
    told = "".join(
        f'<td data-label="{escape(heading)}"{" class=num" if number else ""}>{cell}</td>'
        for cell, (heading, number) in zip(cells, columns, strict=True)
    )
    return f"<tr>{told}</tr>"


def _cells(found: Overview, listed: Listed, row: Row, told: Mapping[int, Entry], words: Texts) -> list[str]:
    before = [_parcels(found, row, words)] if listed.with_parcels else []
    cells = [*before, *map(escape, row.cells)]
    if listed.with_entries:
        said = [f"<small>{escape(entry_words(told[seq], words))}</small>" for seq in row.seqs if seq in told]
        left = len(said) - ENTRIES_SHOWN
        more = f"<small>{escape(words('figures.more', count=left))}</small>" if left > 0 else ""
        cells.append("".join(said[:ENTRIES_SHOWN]) + more)
    return cells


def _parcels(found: Overview, row: Row, words: Texts) -> str:
    """The parcels, each with the way to its proof card, where its whole story stands."""
    snapshot, labels = found.snapshot, found.snapshot.boundaries.labels
    links = [
        f'<a href="{escape(proof_link(one, snapshot.on, snapshot.known, words.language))}">'
        f"{escape(labels.get(one, one))}</a>"
        for one in row.parcels[:PARCELS_SHOWN]
    ]
    left = len(row.parcels) - PARCELS_SHOWN
    return ", ".join(links) + (f" {escape(words('figures.more', count=left))}" if left > 0 else "")


def _entries(found: Overview, rows: Sequence[Row]) -> Mapping[int, Entry]:
    """The entries of some lines by seq, read from the stories of their parcels alone."""
    wanted = {seq for row in rows for seq in row.seqs}
    places: set[str | None] = {parcel for row in rows for parcel in row.parcels}
    if any(row.of_no_parcel for row in rows):
        places.add(None)
    history = found.snapshot.state.history
    return {entry.seq: entry for place in places for entry in history.get(place, ()) if entry.seq in wanted}
