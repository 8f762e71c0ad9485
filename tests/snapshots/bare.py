"""Settings of a database that is made from the models, without migrations: quick, for processes that tests start."""

from corpus.settings import *  # noqa: F403

MIGRATION_MODULES = dict.fromkeys(["corpus", "people", "articles", "auth", "contenttypes", "admin", "sessions"])
