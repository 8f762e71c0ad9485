"""The WSGI application, for granian: production, unless the environment says otherwise."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from corpus.collecting import settle

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpus.settings")
os.environ.setdefault("DEBUG", "0")
# Nobody waits longer for a page, and one who went away should not keep the database at work; commands take their time.
os.environ.setdefault("STATEMENT_SECONDS", "30")
application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 (it imports the views)
settle()
