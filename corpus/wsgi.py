"""The WSGI application, for granian: production, unless the environment says otherwise."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corpus.settings")
os.environ.setdefault("DEBUG", "0")
# Nobody waits longer for a page, and one who went away should not keep the database at work; commands take their time.
os.environ.setdefault("STATEMENT_SECONDS", "30")
application = get_wsgi_application()
# All that is loaded stays: a collection that looks through it again holds somebody's page up for a tenth of a second.
get_resolver().url_patterns  # noqa: B018 (it imports the views)
gc.collect()
gc.freeze()
