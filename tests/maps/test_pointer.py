"""The coordinates under the pointer: the published test points, and our own transformation, to a centimetre."""

import numpy as np
import pytest

from gis.maps.pointer import place_in_plane, plane_fit
from gis.vn2000 import transformer

COMMUNE = (105.8096, 19.8589, 105.8687, 19.93)
# Computed by an independent implementation: north, east in EPSG:5897; latitude, longitude.
POINTS = [
    (2204712.407, 584560.430, 19.930027940, 105.809631506),
    (2200968.198, 587333.118, 19.896083355, 105.835937693),
    (2201000.000, 588000.000, 19.896340598, 105.842307697),
    (2196841.003, 590773.200, 19.858644661, 105.868585938),
]


@pytest.mark.parametrize(("north", "east", "latitude", "longitude"), POINTS)
def test_place_in_plane__meets_the_published_points(north, east, latitude, longitude):
    fit = plane_fit(COMMUNE, 5897)
    found = place_in_plane(fit, np.array([longitude]), np.array([latitude]))
    assert (found[0][0], found[1][0]) == pytest.approx((east, north), abs=0.001)


@pytest.mark.parametrize("bounds", [COMMUNE, (105.2, 19.4, 106.2, 20.4)])
def test_plane_fit__is_our_transformation_to_a_millimetre_all_over_its_box(bounds):
    fit, rng = plane_fit(bounds, 5897), np.random.default_rng(3)
    longitude = rng.uniform(fit.bounds[0], fit.bounds[2], 5_000)
    latitude = rng.uniform(fit.bounds[1], fit.bounds[3], 5_000)
    wanted = transformer(4326, 5897).transform(longitude, latitude)
    found = place_in_plane(fit, longitude, latitude)
    assert max(abs(found[0] - wanted[0]).max(), abs(found[1] - wanted[1]).max()) < 0.001
