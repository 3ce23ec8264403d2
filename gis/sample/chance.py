"""What happens now and then. Pure: no file, no clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def chance(rng: np.random.Generator, share: float) -> bool:
    """Whether something of that probability happens.

    >>> import numpy as np
    >>> chance(np.random.default_rng(1), 1.0), chance(np.random.default_rng(1), 0.0)
    (True, False)
    """
    return bool(rng.random() < share)


def chances(rng: np.random.Generator, share: float, count: int) -> NDArray[np.bool_]:
    """Whether it happens, for each of many."""
    return rng.random(count) < share
