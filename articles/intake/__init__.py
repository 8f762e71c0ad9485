"""The half of intake that needs no database: files, folders, pasted text and JSON lines in, Items and Failures out."""

from articles.intake.decoding import normalise_text
from articles.intake.files import count, item_from_text, item_from_upload, items
from articles.intake.item import Failure, Item, Moment
from articles.intake.table import parse_mapping
from articles.intake.urls import normalise_url

__all__ = [
    "Failure",
    "Item",
    "Moment",
    "count",
    "item_from_text",
    "item_from_upload",
    "items",
    "normalise_text",
    "normalise_url",
    "parse_mapping",
]
