"""Utterances: one thing said once, with every quote that reports it, found as they come in.

`group` lets quotes find their utterance and `refresh` brings figures up to date; people decide by `answer`, `split`,
`join`, `choose_fullest` and `describe`, and what they decided, no reading and no grouping changes.
"""

from articles.utterances.deciding import (
    Contradiction,
    answer,
    bears,
    choose_fullest,
    describe,
    follow_undone,
    join,
    match_of,
    split,
    survivor,
)
from articles.utterances.figures import otherwise_seen, refresh, seen
from articles.utterances.grouping import follow, follow_people, group, of, regroup, release

__all__ = [
    "Contradiction", "answer", "bears", "choose_fullest", "describe", "follow", "follow_people", "follow_undone",
    "group", "join", "match_of", "of", "otherwise_seen", "refresh", "regroup", "release", "seen", "split", "survivor",
]  # fmt: skip
