"""All settings, safe by default. Every variable of the environment is listed in README.md."""

import secrets
from pathlib import Path

import django_stubs_ext
import environ
from django.core.exceptions import ImproperlyConfigured

django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parents[1]
env = environ.Env()


# Where data lives

DATA_DIR = Path(env.str("LDN_DATA", default="") or BASE_DIR / "var").resolve()
try:
    DATA_DIR.mkdir(parents=True, exist_ok=True)
except OSError as error:
    raise ImproperlyConfigured(
        f"LDN_DATA is {DATA_DIR}, which cannot be made a folder ({error.strerror}). Name a folder you may write to."
    ) from error

database_url = env.str("DATABASE_URL", default="") or f"sqlite:///{DATA_DIR / 'ldnplanner.sqlite3'}"
if database_url.partition(":")[0] not in environ.Env.DB_SCHEMES:
    raise ImproperlyConfigured(
        f"DATABASE_URL is {database_url}, which names no known database. An example: sqlite:////srv/ldn/ldnplanner.sqlite3"
    )
DATABASES = {"default": environ.Env.db_url_config(database_url)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue instead of failing with "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;PRAGMA temp_store=MEMORY;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# Who may ask


def _boolean(name: str) -> bool:
    value = env.str(name, default="false").strip().lower()
    if value not in {"true", "false", "1", "0", ""}:
        raise ImproperlyConfigured(f"{name} is {value!r}; write true or false.")
    return value in {"true", "1"}


def _secret_key() -> str:
    """The key of the environment, or one made once and kept beside the data."""
    if given := env.str("LDN_SECRET_KEY", default=""):
        return str(given)
    kept = DATA_DIR / "secret_key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(50))
    return kept.read_text()


DEBUG = _boolean("LDN_DEBUG")
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.list("LDN_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
BEHIND_HTTPS = _boolean("LDN_HTTPS")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS if BEHIND_HTTPS and host != "*"]


# Security

SECURE_CSP = {
    "default-src": ["'self'"],
    "img-src": ["'self'", "data:"],  # Bootstrap's icons are data: images in its style sheet
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
    "form-action": ["'self'"],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = BEHIND_HTTPS
SESSION_COOKIE_SECURE = BEHIND_HTTPS
CSRF_COOKIE_SECURE = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "protocol_list"
LOGOUT_REDIRECT_URL = "home"


# The application

INSTALLED_APPS = [
    "ldnplanner.apps.LdnPlannerConfig",
    "trials.apps.TrialsConfig",
    "gaps.apps.GapsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "simple_history",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ldnplanner.common.csp.ContentSecurityPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ldnplanner.common.refusals.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "ldnplanner.common.refusals.MethodNotAllowedMiddleware",
]
ROOT_URLCONF = "ldnplanner.urls"
WSGI_APPLICATION = "ldnplanner.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ldnplanner.common.display.scheme",
            ],
        },
    },
]
FORM_RENDERER = "ldnplanner.common.forms.FieldTemplates"
DJANGO_TABLES2_TEMPLATE = "tables/table.html"
FIXTURE_DIRS = [BASE_DIR / "fixtures"]


# Language and time

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", "English")]
TIME_ZONE = "UTC"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False


# Files that the app serves itself

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_USE_FINDERS = True  # the demo needs no collectstatic
_collected = (STATIC_ROOT / "staticfiles.json").exists()
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _collected
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}


# Logging: requests that fail are told on the terminal, with their traceback

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"terminal": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["terminal"], "level": "ERROR", "propagate": False}},
}
