"""The corpus app: the ground both other apps stand on."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate


class CorpusConfig(AppConfig):
    name = "corpus"
    verbose_name = "The record"

    def ready(self) -> None:
        from corpus import roles

        # Permissions exist only once migrate has made them; making the roles is idempotent.
        post_migrate.connect(roles.install, sender=self, dispatch_uid="corpus.roles")


class CorpusAdminConfig(AdminConfig):
    """Django's admin with our own site class in its place."""

    default_site = "corpus.sites.CorpusAdminSite"
