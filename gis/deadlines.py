"""Deadlines as data: the legal regimes of a đợt, and the day on which each of their periods ends.

Pure: no file but the table that ships beside this module, no clock.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import date, timedelta
from importlib import resources
from typing import TYPE_CHECKING, Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from gis.errors import DeadlineTableError
from gis.milestones import MILESTONES, OBSTACLE_CATEGORIES, VISIT_OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Collection

SHIPPED_FILE: Final = "deadlines.toml"
SOON_DAYS: Final = 15
_MONTHS: Final = 12

Text = Annotated[str, Field(min_length=1, pattern=r"\S")]
Count = Annotated[int, Field(gt=0, le=3650)]
Obstacle = Annotated[str, Field(pattern=f"^({'|'.join(OBSTACLE_CATEGORIES)})$")]
Outcome = Annotated[str, Field(pattern=f"^({'|'.join(VISIT_OUTCOMES)})$")]


class _Strict(BaseModel):
    """A part of the table: frozen, no unknown keys, no text taken for a number."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(_Strict):
    """A period between two milestones.

    Args:
        id: Names its text in the catalogues, or `title` says it.
        after: The milestone from which it runs.
        until: The milestone that ends it.
        also: Later milestones that end a period "within", too.
        kind: "within": the milestone is due on the last day; "not_before": it may come from that day on.
        days: Its days; on land that is not farm land `days_other` where they differ.
        months: Its months, instead of days.
        restarts: The last document counts, not the first that is not answered.
        stuck_only: Only where an obstacle is open.
        source: The law that says so.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text | None = None
    after: str
    until: str
    also: Annotated[tuple[str, ...], Field(strict=False)] = ()
    kind: Literal["within", "not_before"]
    days: Count | None = None
    days_other: Count | None = None
    months: Count | None = None
    restarts: bool = False
    stuck_only: bool = False
    source: Text

    @model_validator(mode="after")
    def _one_length(self) -> Rule:
        if (self.days is None) == (self.months is None):
            message = "days | months"
            raise ValueError(message)
        return self

    @property
    def differs(self) -> bool:
        """Whether farm land has another period than other land."""
        return self.days_other is not None and self.days_other != self.days

    def last_day(self, start: date, *, farm: bool) -> date:
        """The day on which the period ends, included; the first day is not counted.

        >>> rule = DEFAULT_DEADLINES.regimes["luat-2024"].rules[0]
        >>> rule.last_day(date(2026, 1, 1), farm=True), rule.last_day(date(2026, 1, 1), farm=False)
        (datetime.date(2026, 4, 1), datetime.date(2026, 6, 30))
        """
        if self.months is not None:
            return months_after(start, self.months)
        days = self.days if farm or self.days_other is None else self.days_other
        return start + timedelta(days=days or 0)


class Stage(_Strict):
    """What is done for some days about an obstacle that stays open; one stage follows another.

    Args:
        id: Names its text in the catalogues, or `title` says it.
        obstacle: A category of obstacles; the first stage runs from the day on which one was opened.
        days: Its days.
        source: The law that says so.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    title: Text | None = None
    obstacle: Obstacle
    days: Count
    source: Text


class Regime(_Strict):
    """What the law asks of a đợt, and where that stands."""

    name: Text
    source: Text
    rules: Annotated[tuple[Rule, ...], Field(strict=False)] = ()
    stages: Annotated[tuple[Stage, ...], Field(strict=False)] = ()

    def stage(self, obstacle: str, since: date, today: date) -> tuple[Stage | None, date | None]:
        """The stage in which an obstacle is, and its last day, included.

        Args:
            obstacle: Its category.
            since: The day on which it was opened; it is not counted.
            today: The day asked about.

        Returns:
            (None, the last day of the last stage) where all are over; (None, None) where none is written.

        >>> law = DEFAULT_DEADLINES.regimes["luat-2024"]
        >>> law.stage("inventory_refused", date(2026, 3, 1), date(2026, 3, 17))[1]
        datetime.date(2026, 3, 26)
        """
        end = None
        for stage in self.stages:
            if stage.obstacle == obstacle:
                end = (end or since) + timedelta(days=stage.days)
                if today <= end:
                    return stage, end
        return None, end


class Deadlines(_Strict):
    """The regimes by id, the land-use codes of farm land, and when to visit again.

    `visit_again` are days by the outcome of the last visit; after one that it does not name nobody is sent.
    """

    farm: Annotated[frozenset[str], Field(strict=False)]
    regimes: dict[str, Regime]
    visit_again: dict[Outcome, Count] = {}

    def is_farm(self, land_use: str) -> bool | None:
        """Whether a land-use code is farm land; None where it cannot be told: several codes, or none.

        >>> [DEFAULT_DEADLINES.is_farm(code) for code in ("LUC", "ONT", "ONT+CLN", "")]
        [True, False, None, None]
        """
        code = land_use.strip().upper()
        return code in self.farm if code.isalnum() else None

    def again(self, outcome: str, on: date) -> date | None:
        """The day from which to visit again after a visit; None where that is not asked.

        >>> DEFAULT_DEADLINES.again("absent", date(2026, 3, 1)), DEFAULT_DEADLINES.again("agreed", date.min)
        (datetime.date(2026, 3, 8), None)
        """
        days = self.visit_again.get(outcome)
        return None if days is None else on + timedelta(days=days)


class _Own(_Strict):
    """A project's own table."""

    farm: Annotated[frozenset[str], Field(strict=False)] | None = None
    regimes: dict[str, Regime] = {}
    visit_again: dict[Outcome, Count] | None = None


def months_after(start: date, months: int) -> date:
    """The same day some months later, or that month's last day (BLDS 2015, art. 148).

    >>> months_after(date(2028, 2, 29), 12), months_after(date(2026, 8, 31), 6)
    (datetime.date(2029, 2, 28), datetime.date(2027, 2, 28))
    """
    years, month = divmod(start.month - 1 + months, _MONTHS)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def parse_deadlines(text: str, source: str, milestones: Collection[str] = MILESTONES) -> Deadlines:
    """The shipped table with what a project's own `deadlines.toml` puts in its place.

    Args:
        text: TOML, shaped as the shipped table.
        source: Name of the file, for the refusal.
        milestones: Those of the project.

    Raises:
        DeadlineTableError: If it is no TOML, not of that shape, or names a milestone that there is not.
    """
    own = _parse(text, source)
    named = [
        (one.id, name) for r in own.regimes.values() for one in r.rules for name in (one.after, one.until)
    ]
    unknown = [(rule, name) for rule, name in named if name not in milestones]
    if unknown:
        rule, name = unknown[0]
        raise DeadlineTableError(file=source, key=rule, found=f"{name} ({', '.join(milestones)})")
    return Deadlines(
        farm=DEFAULT_DEADLINES.farm if own.farm is None else own.farm,
        regimes=DEFAULT_DEADLINES.regimes | own.regimes,
        visit_again=DEFAULT_DEADLINES.visit_again if own.visit_again is None else own.visit_again,
    )


def _parse(text: str, source: str) -> _Own:
    try:
        return _Own.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DeadlineTableError(file=source, key="TOML", found=str(error)) from None
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DeadlineTableError(file=source, key=key, found=_found(first["input"], first["msg"])) from None


def _found(value: object, message: str) -> str:
    shown = message if isinstance(value, dict) else repr(value)
    return shown[:80]


def _shipped() -> Deadlines:
    own = _parse(resources.files(__package__).joinpath(SHIPPED_FILE).read_text("utf-8"), SHIPPED_FILE)
    return Deadlines(farm=own.farm or frozenset(), regimes=own.regimes, visit_again=own.visit_again or {})


DEFAULT_DEADLINES: Final = _shipped()
