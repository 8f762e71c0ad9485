"""Fetching from the public Internet: politely, with limits, and never from inside a network."""

from articles.fetching.addresses import Refused
from articles.fetching.fetcher import Answer, Fetcher, Manner, NotFetched, Wanted

__all__ = ["Answer", "Fetcher", "Manner", "NotFetched", "Refused", "Wanted"]
