"""Settings, in one file: everything that differs between a laptop and production comes from the environment.

docs/production.md lists the variables and what each is for; a test compares the list with this file.
"""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("VERBATIM_VAR", BASE_DIR / "var"))


def flag(name: str, default: bool) -> bool:
    """Whether an environment variable says yes; "", 0, no, off and false say no."""
    value = os.environ.get(name)
    return default if value is None else value.strip().lower() not in {"", "0", "no", "off", "false"}


def fraction(name: str, default: float) -> float:
    """A number between 0 and 1 from the environment."""
    raw = os.environ.get(name, str(default))
    try:
        value = float(raw)
    except ValueError:
        value = -1
    if not 0 <= value <= 1:
        raise ImproperlyConfigured(f"{name} must be a number between 0 and 1, not {raw!r}.")
    return value


def number(name: str, default: float) -> float:
    """A number of at least 0 from the environment."""
    raw = os.environ.get(name, str(default))
    try:
        value = float(raw)
    except ValueError:
        value = -1
    if not 0 <= value < float("inf"):
        raise ImproperlyConfigured(f"{name} must be a number of at least 0, not {raw!r}.")
    return value


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def folder(path: Path, what: str) -> Path:
    """A folder, made if need be; one sentence if that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{what}: the folder {path} cannot be made ({error.strerror}).") from error
    return path


#: So that we notice within a minute that the server has gone without a word (seconds, and how often).
NOTICED = {"connect_timeout": "10", "keepalives_idle": "30", "keepalives_interval": "10", "keepalives_count": "3"}


def session() -> dict[str, str]:
    """What each session asks of PostgreSQL; ``options=`` in DATABASE_URL takes its place, where a pooler takes none.

    The server is to notice as soon that a machine of ours has gone: until then it keeps the rows that were held there.
    """
    asked = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}
    if limit := number("STATEMENT_SECONDS", 0):
        asked["statement_timeout"] = int(1000 * limit)
    return {"options": " ".join(f"-c {name}={value}" for name, value in asked.items())}


def database(url: str) -> dict[str, object]:
    """Django's settings for a DATABASE_URL: sqlite:///path or postgresql://user:password@host:port/name?option=value."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: {error}.") from error
    if parts.scheme == "sqlite":
        path = Path(unquote(parts.path.removeprefix("/")))
        path = path if path.is_absolute() else BASE_DIR / path
        folder(path.parent, "DATABASE_URL")
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(path),
            # IMMEDIATE: a transaction that reads first and writes later fails at once under WAL, whatever the timeout.
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                    "PRAGMA cache_size=-65536;PRAGMA mmap_size=268435456"
                ),
            },
            # To open the file and set it up takes longer than a page of quotes; a minute, as it may be replaced.
            "CONN_MAX_AGE": 60,
            # Tests run on a file: an in-memory database knows neither WAL nor a second process.
            "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
        }
    if parts.scheme in {"postgresql", "postgres"}:
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or options.pop("user", "")),
            "PASSWORD": unquote(parts.password or options.pop("password", "")),
            "HOST": parts.hostname or options.pop("host", ""),
            "PORT": str(port or options.pop("port", "")),
            # A connection a thread of the server, so workers × threads of them in all; no pool could do with fewer.
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": NOTICED | session() | options,
        }
    raise ImproperlyConfigured(
        f"DATABASE_URL must start with sqlite:/// or postgresql://, not {parts.scheme or url!r}; "
        "for example sqlite:///var/corpus.sqlite3."
    )


def secret_key() -> str:
    """The key from the environment; without one a laptop makes its own, once, and production refuses to start."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    if not DEBUG:
        raise ImproperlyConfigured(
            "Set SECRET_KEY: with DEBUG off Verbatim does not start without a secret of its own."
        )
    kept = folder(VAR_DIR, "VERBATIM_VAR") / "secret-key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text().strip()


DEBUG = flag("DEBUG", True)
TESTING = "pytest" in sys.modules
SECRET_KEY = secret_key()
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]" if DEBUG else "")
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this server answers to, such as verbatim.example.org.")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "corpus.apps.CorpusConfig",
    "people.apps.PeopleConfig",
    "articles.apps.ArticlesConfig",
    "corpus.apps.CorpusAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.forms",  # templates of FORM_RENDERER
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "corpus.probes.Answered",
    "corpus.requests.Recorded",
    "django.middleware.security.SecurityMiddleware",
    "corpus.headers.Strict",
    "corpus.cors.ReadableFromAnywhere",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "corpus.urls"
WSGI_APPLICATION = "corpus.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database(os.environ.get("DATABASE_URL") or f"sqlite:///{VAR_DIR / 'corpus.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = "corpus.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or VAR_DIR / "static")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG or TESTING
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["corpus.tokens.TokenAuthentication"],
    "DEFAULT_THROTTLE_CLASSES": ["corpus.throttles.Throttle"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "corpus.paging.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer", "corpus.renderers.CSVRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "corpus.problems.handler",
    "URL_FORMAT_OVERRIDE": "format",
    # Whose address counts: a header that anybody can send is believed of our own proxy only.
    "NUM_PROXIES": int(flag("BEHIND_PROXY", False)),
    "UNAUTHENTICATED_USER": None,
}
# What the workers of this machine share: counts of requests, and since when answers hold (see corpus.shared).
SHARED = ":memory:" if TESTING else str(VAR_DIR / "shared.sqlite3")
# Requests to the API, of an address without a token and of a token.
API_RATE_ANONYMOUS = os.environ.get("API_RATE_ANONYMOUS") or "600/minute"
API_RATE_TOKEN = os.environ.get("API_RATE_TOKEN") or "6000/minute"
SPECTACULAR_SETTINGS = {
    "TITLE": "Verbatim",
    "DESCRIPTION": "A news corpus that knows who said what: sources, articles, people, stories and anchored quotes.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # Enumerations stay where they are used: names made up for them change when a field is added elsewhere.
    "POSTPROCESSING_HOOKS": [],
    # No badge from somebody else's validator: the page names no foreign host.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

# A suggestion nobody has checked is public, and plainly marked automatic, from this confidence on; a speaker's
# identity has its own threshold, below it the name stands as printed.
QUOTE_THRESHOLD = fraction("QUOTE_THRESHOLD", 0.85)
SPEAKER_THRESHOLD = fraction("SPEAKER_THRESHOLD", 0.85)

# News from the web: what Verbatim calls itself there (add an address at which you are reached), seconds between two
# requests to a host, seconds and bytes that one may take. Places inside a network, as host:port, are fetched from only
# when they are named here.
FETCH_USER_AGENT = os.environ.get("FETCH_USER_AGENT") or "Verbatim/0.1"
FETCH_DELAY = number("FETCH_DELAY", 1.0)
FETCH_SECONDS = number("FETCH_SECONDS", 30.0)
FETCH_MAX_BYTES = int(number("FETCH_MAX_BYTES", 10_000_000))
FETCH_ALLOWED_HOSTS = words("FETCH_ALLOWED_HOSTS")

# A long pasted article is a few hundred KB; a corpus comes as a file.
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if not DEBUG:
    SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", True)
    if flag("BEHIND_PROXY", False):
        # Only a proxy that always sets this header may be believed.
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = int(number("HSTS_SECONDS", 31_536_000))
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = flag("HSTS_PRELOAD", True)
    # Without them nobody can log in over plain HTTP, as in a network of one's own.
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = flag("SECURE_COOKIES", True)

# Where metrics are: nowhere without a token for whoever reads them. And where backups are put, to say how old they are.
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")
BACKUP_DIR = Path(os.environ["BACKUP_DIR"]) if os.environ.get("BACKUP_DIR") else None

LOG_FORMAT = os.environ.get("LOG_FORMAT") or ("plain" if DEBUG or sys.stderr.isatty() else "json")
if LOG_FORMAT not in {"plain", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be plain or json, not {LOG_FORMAT!r}.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(levelname)s: %(message)s"}, "json": {"()": "corpus.logs.JSONLines"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        # A wrong Host header is somebody else's fault, and there are many of them.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # A line a request; runserver has its own.
        "corpus.requests": {"level": "INFO" if flag("ACCESS_LOG", not DEBUG) else "WARNING"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
}
