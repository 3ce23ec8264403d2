"""What is written, and every reason why nothing is."""

import sys
from pathlib import Path

from gis.ledger.setting import require_account, require_reason

sys.path.insert(0, str(Path(__file__).parent))
from build import reasons


def test_require_reason__words_are_needed():
    assert reasons(lambda: require_reason(" ")) == [("", "refused.missing_reason")]


def test_require_account__somebody_answers_for_what_is_written():
    assert reasons(lambda: require_account(" ")) == [("", "refused.missing_account")]
    require_account("lan")
