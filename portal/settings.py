"""Every setting of the portal. What differs between installations comes from the environment (env.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dj_database_url
from csp.constants import NONE, SELF
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal import env
from portal.accounts import connectors

BASE_DIR = Path(__file__).resolve().parent.parent
env.read_dotenv(BASE_DIR / ".env")

ENVIRONMENT = env.text("ENVIRONMENT", "development")
if ENVIRONMENT not in {"development", "test", "production"}:
    raise ImproperlyConfigured(
        f"ENVIRONMENT is {ENVIRONMENT!r}; write development, test or production (see .env.example)."
    )
PRODUCTION = ENVIRONMENT == "production"
DEBUG = env.flag("DEBUG") and not PRODUCTION


def _required_in_production(name: str, default: str, hint: str) -> str:
    return env.text(name, None if PRODUCTION else default, hint=hint)


VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = _required_in_production(
    "SECRET_KEY", "development-only-never-in-production", "Production needs 50 random characters."
)
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS",
    None if PRODUCTION else "localhost,127.0.0.1,[::1],testserver",
    hint="Production needs the names the portal is reached by, such as velkommen.gol.kommune.no.",
)
# `make run` says its port as SITE_PORT: what runs the processes gives each of them another PORT.
LOCAL_URL = f"http://localhost:{env.number('SITE_PORT', 8000)}"
SITE_URL = env.text("SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if PRODUCTION else LOCAL_URL).rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL] if SITE_URL.startswith("https://") else []

# --- Apps -----------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "crispy_forms",
    "parler",
    "django_celery_beat",
    "csp",
    "simple_history",
    "portal.apps.PortalConfig",
    "portal.accounts",
    "portal.municipalities",
    "portal.outbox",
    "portal.documents",
    "portal.search",
    "portal.statistics",
    "portal.pages",
    "portal.enquiries",
    "newcomers",
    "privacy",
    "housing",
    "jobs",
    "welcome.letters",
    "welcome.packages",
    "welcome.hosting",
    "welcome.insight",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.municipalities.middleware.MunicipalityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Closed by default: a view is public only when it says so (@login_not_required).
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    # Who opened which household: kept for the household to see.
    "privacy.middleware.AccessMiddleware",
    # Who changed a text: kept with each version of it.
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

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
                "portal.municipalities.context.portal",
                "portal.pages.context.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "designsystemet"
CRISPY_TEMPLATE_PACK = "designsystemet"

# --- Data -----------------------------------------------------------------------------------------

DATABASES = {
    "default": dj_database_url.parse(
        _required_in_production(
            "DATABASE_URL",
            f"sqlite:///{VAR_DIR / 'bliher.sqlite3'}",
            "Production needs PostgreSQL, such as postgres://user:password@host:5432/bliher.",
        ),
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # Write-ahead log and immediate transactions: readers never wait, and writers queue instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = (
    _required_in_production(
        "REDIS_URL", "", "Production needs Redis for its queue and cache, such as redis://host:6379/0."
    )
    if PRODUCTION
    else env.text("REDIS_URL", "")
)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(VAR_DIR / "cache"),
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Uploads stay in memory and are cut off at a limit: a list of movers never touches the disk.
FILE_UPLOAD_HANDLERS = ["portal.uploads.BoundedMemoryUploadHandler"]
MAX_UPLOAD_BYTES = 12 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# --- Background work ------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
if not REDIS_URL:
    _broker = VAR_DIR / "broker"
    for _folder in ("queue", "processed", "control"):
        (_broker / _folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(_broker / "queue"),
        "data_folder_out": str(_broker / "queue"),
        "processed_folder": str(_broker / "processed"),
        "control_folder": str(_broker / "control"),
        "store_processed": False,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TIMEZONE = "Europe/Oslo"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- People ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "portal.outbox.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# A passkey is enough by itself; nothing else is.
ACCOUNT_LOGIN_BY_CODE_REQUIRED = {"password"}
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code itself shows that the address is theirs
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
# Newcomers and hosts look in now and then, mostly on a phone of their own. The office has everybody's data, on
# computers that others pass by: there a sign-in, second factor included, lasts for one working day, however busy.
SESSION_COOKIE_AGE = 14 * 24 * 60 * 60
STAFF_SESSION_HOURS = env.number("STAFF_SESSION_HOURS", 10)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_ISSUER = "Bli her"
# Without it everybody has the proxy's address, and one visitor uses up the sign-ins and registrations of all.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("TRUSTED_PROXY_COUNT", 1 if PRODUCTION else 0)
STAFF_SECOND_FACTOR = env.flag("STAFF_SECOND_FACTOR", PRODUCTION)
# ID-porten and Entra ID, each on where its variables are set. A second factor there counts here only where named.
SECOND_FACTOR_FROM = connectors.second_factor_from()
SOCIALACCOUNT_ADAPTER = "portal.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_PROVIDERS: dict[str, dict[str, Any]] = {
    "openid_connect": {
        "provider_class": "portal.accounts.oidc.provider.Provider",
        "APPS": connectors.from_environment(),
    }
}
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False

# --- Mail -----------------------------------------------------------------------------------------

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = (
    _required_in_production("EMAIL_HOST", "", "Production needs the name of an SMTP server.")
    if PRODUCTION
    else env.text("EMAIL_HOST", "")
)
EMAIL_PORT = env.number("EMAIL_PORT", 587)
EMAIL_HOST_USER = env.text("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.text("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.flag("EMAIL_USE_TLS", True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text(
    "DEFAULT_FROM_EMAIL",
    None if PRODUCTION else "Bli her <bliher@demo.example>",
    hint="Production needs the address that mail comes from.",
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL
if not EMAIL_HOST:
    # Nothing leaves the machine: mail is read at /mailbox/ (portal/outbox/views.py).
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"

# --- Languages ------------------------------------------------------------------------------------

LANGUAGE_CODE = "nb"
LANGUAGES = [
    ("nb", _("Norwegian Bokmål")),
    ("nn", _("Norwegian Nynorsk")),
    ("en", _("English")),
    ("uk", _("Ukrainian")),
    ("pl", _("Polish")),
    ("de", _("German")),
    ("ar", _("Arabic")),
]
# Browsers may ask for "no", which Django cannot place: it is the written form that most people use.
LANG_INFO["no"] = LANG_INFO["no-no"] = {"fallback": ["nb"]}
LOCALE_PATHS = [BASE_DIR / "locale", BASE_DIR / "locale" / "admin", BASE_DIR / "locale" / "allauth"]
LANGUAGE_COOKIE_NAME = "language"
PARLER_LANGUAGES = {
    None: tuple({"code": code} for code, _name in LANGUAGES),
    "default": {"fallbacks": ["nb", "nn", "en"], "hide_untranslated": False},
}
PARLER_ENABLE_CACHING = False  # texts are always prefetched; a second copy could only be out of date
TIME_ZONE = "Europe/Oslo"
FORMAT_MODULE_PATH = ["portal.formats"]
USE_I18N = True
USE_TZ = True

# --- Static files ---------------------------------------------------------------------------------

NODE_MODULES = BASE_DIR / "node_modules"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/ds", NODE_MODULES / "@digdir/designsystemet-css/dist/src"),
    ("vendor/inter", NODE_MODULES / "@fontsource-variable/inter/files"),
    ("vendor/arabic", NODE_MODULES / "@fontsource/noto-sans-arabic/files"),
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION

# --- Security -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
CSRF_FAILURE_VIEW = "portal.views.csrf_failure"
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = SESSION_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
# In the session: a cookie of its own would be a fourth.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if PRODUCTION:
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.flag("SECURE_SSL_REDIRECT", True)
    SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.number("SECURE_HSTS_SECONDS", 31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{levelname} {name}: {message}", "style": "{"}},
    "filters": {"without_links": {"()": "portal.logs.WithoutLinks"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["without_links"]},
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING")},
}

# --- The portal -----------------------------------------------------------------------------------

ACCESSIBILITY_STATEMENT_URL = env.text("ACCESSIBILITY_STATEMENT_URL", "")
# Makes the keys by which erased persons are recognised. It must outlive a change of SECRET_KEY, and never be lost.
ERASURE_KEY = _required_in_production(
    "ERASURE_KEY", SECRET_KEY, "Production needs 50 random characters, kept for good."
)
# For so long an erased household is not taken in from a list again, and gets no second package.
ERASED_MONTHS = env.number("ERASED_MONTHS", 24)
# One line for each erasure, to be kept apart from the database and its backups: a restored backup is cleared by it.
ERASURES_FILE = Path(env.text("ERASURES_FILE", str(VAR_DIR / "erasures.jsonl")))
# Households that one colleague or host may open in an hour before the coordinator is told.
UNUSUAL_READING_PER_HOUR = env.number("UNUSUAL_READING_PER_HOUR", 40)
SILENT_DAYS_BEFORE_ESCALATION = env.number("SILENT_DAYS_BEFORE_ESCALATION", 7)
# Seconds a website has to answer when links are checked. Whoever writes a link must not reach into our own network.
LINK_SECONDS = 10
LINKS_MAY_BE_LOCAL = False
# Statistics Norway's PxWebApi 2: where the facts about the place come from.
SSB_API_URL = env.text("SSB_API_URL", "https://data.ssb.no/api/pxwebapi/v2")
if not SSB_API_URL.startswith(("https://", "http://")):
    raise ImproperlyConfigured(f"SSB_API_URL is {SSB_API_URL!r}; write a web address that begins with https://.")
