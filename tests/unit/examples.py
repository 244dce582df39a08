"""How many examples a property is shown: all of them, or a tenth with EXAMPLES=few, as in `make check`."""

import os

from hypothesis import settings

FEWEST = 30


def examples(many: int) -> settings:
    """Has a property hold of `many` examples."""
    return settings(max_examples=max(FEWEST, many // 10) if os.environ.get("EXAMPLES") == "few" else many)
