"""The corpus app: the ground both other apps stand on."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class CorpusConfig(AppConfig):
    name = "corpus"
    verbose_name = "Corpus"


class CorpusAdminConfig(AdminConfig):
    """Django's admin with our own site class in its place."""

    default_site = "corpus.sites.CorpusAdminSite"
