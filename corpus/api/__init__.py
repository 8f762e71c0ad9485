"""The API, as far as it is the same for every thing: lists, things, groups, representations, validators, OpenAPI."""

from corpus.api.viewsets import CorpusViewSet

__all__ = ["CorpusViewSet"]
