"""The ground of the models of every app, and what belongs to the whole corpus."""

from corpus.models.change import Change
from corpus.models.checkup import Checkup
from corpus.models.decision import Decision
from corpus.models.ground import UID_ALPHABET, UID_LENGTH, Addressed, Curated, new_uid, one_of
from corpus.models.lease import Lease
from corpus.models.preference import Preference
from corpus.models.token import Replay, Token
from corpus.models.tombstone import Tombstone

__all__ = [
    "UID_ALPHABET", "UID_LENGTH", "Addressed", "Change", "Checkup", "Curated", "Decision", "Lease", "Preference",
    "Replay", "Token", "Tombstone", "new_uid", "one_of",
]  # fmt: skip
