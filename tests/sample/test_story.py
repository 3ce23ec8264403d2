"""What is told after the story itself changes nothing about who handed over, and closes no class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gis.milestones import place
from gis.sample import CRS, batches, cadastre, history, people, story, whole_story, zones
from gis.sample.told import World, reached

if TYPE_CHECKING:
    from datetime import date

    from gis.sample.story import Event

SEED = 2025


@pytest.fixture(scope="module")
def world() -> World:
    land = cadastre.land(CRS, SEED)
    leaves = zones.zones(CRS, np.random.default_rng([SEED, 2]))
    return World(land, batches.membership(land, leaves), people.people(land, SEED), SEED)


@pytest.fixture(scope="module")
def first(world: World) -> list[Event]:
    """The story alone, with its errors."""
    told = story.Story(world.land, world.crowd, world.members, SEED).tell()
    return history.with_errors(told, SEED)


@pytest.fixture(scope="module")
def whole(world: World) -> list[Event]:
    return whole_story(world)[0]


def handed(events: list[Event]) -> dict[tuple[int, str], tuple[date | None, date]]:
    """The day and the day of writing of every hand-over that counts."""
    return {
        holding: (told["handed_over"].on, told["handed_over"].recorded)
        for holding, told in reached(events).items()
        if "handed_over" in told
    }


def test_whole_story__hand_overs_are_those_of_the_story(first: list[Event], whole: list[Event]) -> None:
    assert handed(whole) == handed(first)
    assert len(handed(whole)) > 1_200


def test_whole_story__the_furthest_milestone_stays(first: list[Event], whole: list[Event]) -> None:
    """But for what went to the investor: it was handed over before."""
    before, after = reached(first), reached(whole)
    for holding, told in before.items():
        eight = {name for name in after[holding] if name != "delivered"}
        assert max(map(place, eight)) == max(map(place, told)), holding


def test_whole_story__what_an_event_closes_or_cancels_comes_before_it(whole: list[Event]) -> None:
    kinds = {"void": "milestone", "obstacle_closed": "obstacle_opened", "object_removed": "object_listed"}
    for index, event in enumerate(whole):
        if event.target is None:
            continue
        target = whole[event.target]
        assert event.target < index
        assert target.kind == kinds[event.kind]
        assert (target.unit, target.recorded <= event.recorded) == (event.unit, True)


def test_whole_story__is_the_same_for_a_seed(world: World, whole: list[Event]) -> None:
    assert whole_story(world)[0] == whole
