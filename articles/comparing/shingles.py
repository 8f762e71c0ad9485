"""Shingles: the runs of four words by which quotes with words in common find one another (Broder 1997)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

LENGTH = 4


def shingles(keys: Sequence[str]) -> set[int]:
    """The hashes (signed 64 bits, so that a database holds them) of each run of four keys; shorter ones have none."""
    return set(in_order(keys))


def in_order(keys: Sequence[str]) -> list[int]:
    """The same, a run after the other."""
    return [hashed(keys[at : at + LENGTH]) for at in range(len(keys) - LENGTH + 1)]


def hashed(keys: Sequence[str]) -> int:
    """The hash of one run."""
    return int.from_bytes(blake2b(" ".join(keys).encode(), digest_size=8).digest(), "big", signed=True)
