"""The collector of garbage, in a process that answers requests: kept out of them."""

from __future__ import annotations

import gc
from typing import Any

from django.core.signals import request_finished

#: More objects than any page is made of: only what streams, or works for long, is collected while it runs.
YOUNG = 100_000
#: Collections of the young between two of the next generation, and of these between two of everything.
OLDER = 10


def settle() -> None:
    """Once all is loaded: what there is stays for good, and what an answer leaves is collected when it has been sent.

    Rows and what was prefetched for them point at each other, so that whatever a page was made of waits for the
    collector: it would come into the midst of another page, and stay for the remains of fifty.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDER)
    request_finished.connect(sweep)


def sweep(**_: Any) -> None:
    """Collect the generation whose turn it is, as Python itself would."""
    _young, middle, old = gc.get_count()
    gc.collect(2 if old > OLDER else 1 if middle > OLDER else 0)
