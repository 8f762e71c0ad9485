"""What outlets printed of the same words: pure comparing of quotes, without a database."""

from articles.comparing.diff import Class, Comparison, Step, compare
from articles.comparing.judging import Occasion, Relation, Said, Verdict, judge
from articles.comparing.shingles import shingles
from articles.comparing.words import Token, Type, keys, tokens

__all__ = [
    "Class", "Comparison", "Occasion", "Relation", "Said", "Step", "Token", "Type", "Verdict", "compare", "judge",
    "keys", "shingles", "tokens",
]  # fmt: skip
