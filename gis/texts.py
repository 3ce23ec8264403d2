"""What a person reads: messages from the gettext catalogues, numbers and dates by locale.

The catalogues are `gis/locale/<language>/LC_MESSAGES/gpmb.po`; a msgid is a stable id such as
"overview.title". A placeholder may carry its format: ``{area:ha}``, ``{on:date}``, ``{share:percent}``,
``{part:m2}``, ``{count:int}``, ``{amount:vnd}``; ids become words by their family: ``{category:obstacle}``.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from babel.dates import format_date
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, get_decimal_symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.errors import GisError, Problem

LOCALE_DIR = Path(__file__).parent / "locale"
LANGUAGES = ("vi", "en")
DEFAULT_LANGUAGE = "vi"
# Families of ids whose words a placeholder may ask for: {category:obstacle}.
FAMILIES = (
    "milestone",
    "obstacle",
    "object",
    "outcome",
    "money",
    "kind",
    "warned",
    "backup",
    "passphrase",
    "restore",
    "fault",
)
VIETNAM = timezone(timedelta(hours=7))
M2_PER_HA = 10_000
_COUNT = re.compile(r"int [^|]+\|[^|]+")
_FIXED = re.compile(r"[+-]?\.\d+f")
_COUNTED = re.compile(r"(?<![^ ])(feature|line|entry|row|cell) ([A-Z]*\d+)$")


def half_up(value: float | Decimal, decimals: int) -> Decimal:
    """A number rounded half up, for display only.

    >>> half_up(0.25, 1), half_up(2.675, 2), half_up(-0.04, 1)
    (Decimal('0.3'), Decimal('2.68'), Decimal('0.0'))
    """
    exact = value if isinstance(value, Decimal) else Decimal(repr(float(value)))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


@lru_cache(maxsize=len(LANGUAGES))
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language by id, read once."""
    path = LOCALE_DIR / language / "LC_MESSAGES" / "gpmb.po"
    with path.open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


class Names(Protocol):
    """What names ids of its own: a project's plan names its optional milestones."""

    def names(self, language: str) -> Mapping[str, str]:
        """Words of a language by text id."""
        ...


class _Formatter(string.Formatter):
    """`str.format` whose format words are our units; a missing fact shows as a dash.

    `{count:int parcel|parcels}` is a number with its noun: one, or any other number of them.
    """

    def __init__(self, texts: Texts) -> None:
        self.decimal_sign = get_decimal_symbol(texts.language)
        self.words: dict[str, Callable[[Any], str]] = {
            "ha": texts.ha,
            "m2": texts.m2,
            "percent": texts.percent,
            "int": texts.integer,
            "vnd": texts.vnd,
            "date": texts.date,
            "day_time": texts.day_time,
        }
        # {missing:milestone}: ids, several by comma, in the words of the page.
        self.words |= {family: partial(texts.named, family) for family in FAMILIES}

    def format_field(self, value: object, format_spec: str) -> str:
        if value is None:
            return "–"
        word = self.words.get(format_spec)
        if word:
            return word(value)
        if _COUNT.fullmatch(format_spec):  # {count:int parcel|parcels}
            one, many = format_spec.removeprefix("int ").split("|")
            return f"{self.words['int'](value)} {one if value == 1 else many}"
        said = str(super().format_field(value, format_spec))
        # Metres, coordinates, ratios: never grouped, and with the language's own decimal sign.
        return said.replace(".", self.decimal_sign) if _FIXED.fullmatch(format_spec) else said


def _stopped(text: str) -> str:
    """A text with a stop at its end."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts and formats of one language.

    >>> vi = Texts("vi")
    >>> vi.ha(116.8), vi.m2(1234.55), vi.percent(0.46724), vi.date(date(2025, 9, 9))
    ('116,80 ha', '1.234,6 m²', '46,72%', '09/09/2025')
    """

    language: str = DEFAULT_LANGUAGE
    names: Mapping[str, str] = field(default_factory=dict, hash=False)  # of the open project, by text id

    def of(self, plan: Names) -> Texts:
        """These texts with what a project's plan names itself."""
        return replace(self, names=plan.names(self.language))

    def __call__(self, message: str, /, **facts: object) -> str:
        """The text of an id with its facts; an id without a text is a bug and raises KeyError."""
        known = catalogue(self.language)
        if message not in known and message in self.names:
            return self.names[message]  # as its office wrote it, braces and all
        return _Formatter(self).vformat(known[message], (), facts)

    def problem(self, problem: Problem) -> str:
        """A problem's sentence, its source first where it has one."""
        sentence = self(problem.message, **problem.facts)
        if not problem.source:
            return sentence[:1].upper() + sentence[1:]
        return f"{self.place(problem.source)}: {sentence}"

    def place(self, source: str) -> str:
        """A problem's source in this language: its last word names a feature, line, entry, row or cell.

        >>> Texts("vi").place("ho.csv, line 12")
        'ho.csv, dòng 12'
        >>> Texts("vi").place("theo doi.xlsx, Sheet1, cell C12")
        'theo doi.xlsx, Sheet1, ô C12'
        """
        return _COUNTED.sub(lambda found: self(f"place.{found[1]}", number=found[2]), source)

    def error(self, error: GisError) -> str:
        """The one sentence of a refusal: its own, or that of its first problem."""
        refused = [problem for problem in error.problems if problem.severity == "refused"]
        if not refused:
            own = self(error.message, **error.facts)
            names_first = catalogue(self.language)[error.message].startswith("{")  # a file's name stays
            return _stopped(own if names_first else own[:1].upper() + own[1:])
        first = _stopped(self.problem(refused[0]))
        if error.message == "error.import_refused":
            return self(error.message, **error.facts, count=len(refused), first=first)
        if len(refused) == 1:
            return self("error.refused_one", first=first)
        return self("error.refused_many", first=first, count=len(refused) - 1)

    def named(self, family: str, ids: str) -> str:
        """Ids of a family, several by comma, in the words of the page; an unknown one as it is.

        >>> Texts("en").named("milestone", "paid, handed_over")
        'Paid, Handed over'
        """
        known = catalogue(self.language)
        keys = [(one, f"{family}.{one}") for one in ids.split(", ")]
        return ", ".join(known.get(key) or self.names.get(key, one) for one, key in keys)

    def milestone_name(self, milestone: str) -> str:
        """What the page calls a milestone: one of the eight, or one of the project's own."""
        return self.named("milestone", milestone)

    def number(self, value: float | Decimal, decimals: int) -> str:
        """A number with exactly that many decimals, half up."""
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        return format_decimal(half_up(value, decimals), format=pattern, locale=self.language)

    def ha(self, hectares: float) -> str:
        """Hectares to 0.01."""
        return f"{self.number(hectares, 2)} ha"

    def m2(self, square_metres: float) -> str:
        """Square metres to 0.1."""
        return f"{self.number(square_metres, 1)} m²"

    def percent(self, share: float) -> str:
        """A share of 0 to 1 as a percentage to 0.01."""
        return f"{self.number(Decimal(repr(float(share))) * 100, 2)}%"

    def integer(self, count: int) -> str:
        """A count with its thousands grouped."""
        return self.number(count, 0)

    def vnd(self, amount_vnd: int) -> str:
        """Whole đồng."""
        return f"{self.number(amount_vnd, 0)} đ"

    def date(self, day: date | str) -> str:
        """A day as dd/MM/yyyy, in both languages: the office never reads month first."""
        value = date.fromisoformat(day) if isinstance(day, str) else day
        return format_date(value, "dd/MM/yyyy", locale=self.language)

    def day_time(self, moment: datetime | str) -> str:
        """A moment as dd/MM/yyyy HH:mm, in the zone it carries; one in ISO 8601 in Vietnam's.

        >>> Texts("vi").day_time("2026-03-01T20:30:00+00:00")
        '02/03/2026 03:30'
        """
        here = datetime.fromisoformat(moment).astimezone(VIETNAM) if isinstance(moment, str) else moment
        return here.strftime("%d/%m/%Y %H:%M")
