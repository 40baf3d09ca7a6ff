"""Settings, read from the environment; the README lists every variable.

Without any, the CRM runs from one folder (``DATA_DIR``): SQLite, a broker of files, uploads and the secret key.
With ``DATABASE_URL`` and ``REDIS_URL`` the same code runs as any number of web and worker processes.
"""

import os
import secrets
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("DATA_DIR", BASE_DIR / "var")).resolve()
TESTING = "pytest" in sys.modules


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() not in {"", "0", "no", "false", "off"}


def secret_key() -> str:
    """The key of the environment, or one made once and kept in the data folder."""
    if key := os.environ.get("SECRET_KEY"):
        return key
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = DATA_DIR / "secret-key"
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return path.read_text()


SECRET_KEY = secret_key()
DEBUG = flag("DEBUG", False)
DEMO = flag("DEMO", True)
DEMO_PASSWORD = os.environ.get("DEMO_PASSWORD", "try-the-crm-2026")
BENCH = flag("CRM_BENCH", False)
ALLOWED_HOSTS = [*filter(None, os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]").split(","))]
CSRF_TRUSTED_ORIGINS = [*filter(None, os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(","))]
HTTPS = flag("HTTPS", False)

INSTALLED_APPS = [
    "transfers",
    "activities",
    "reports",
    "tasks",
    "opportunities",
    "accounts",
    "pipelines",
    "attributes",
    "users",
    "records",
    "core",
    "crm",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "django_filters",
    "import_export",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "core.csp.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.requests.WithoutNul",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.set_up.first.FirstPage",
    "users.middleware.Reader",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "crm.undoing.UndoToast",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "crm.shell.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "core.templatetags.components",
                "core.templatetags.kept",
                "pipelines.templatetags.gauges",
                "opportunities.templatetags.inline",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]


# --- Data -----------------------------------------------------------------------------------------------------------

DATABASE_URL = os.environ.get("DATABASE_URL", "")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
if DATABASE_URL and not DATABASE_URL.startswith("sqlite"):
    DATABASES = {"default": dict(dj_database_url.parse(DATABASE_URL))}
    DATABASES["default"]["OPTIONS"] = {
        **DATABASES["default"].get("OPTIONS", {}),
        "options": "-c jit=off",
        "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": dj_database_url.parse(DATABASE_URL)["NAME"] if DATABASE_URL else DATA_DIR / "crm.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                # No temp_store=MEMORY: SQLite then walks the journal of a savepoint from its start at every row that a
                # trigger may refuse (*measured*: 12,000 tasks moved along in 3.4 s, and in 0.6 s without).
                "init_command": (
                    "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;"
                    "PRAGMA mmap_size=268435456;PRAGMA cache_size=-16000;PRAGMA journal_size_limit=67108864;"
                ),
            },
        }
    }

REDIS_URL = os.environ.get("REDIS_URL", "")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL and not TESTING
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if TESTING
    else {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": DATA_DIR / "cache"}
}

MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_TEMP_DIR = None
FILE_UPLOAD_HANDLERS = [
    "core.uploads.Capped",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
UPLOAD_MOST = 100 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000

# --- Jobs (ARCHITECTURE 4): a job is a row, Celery is only the doorbell -----------------------------------------------

CELERY_BROKER_URL = REDIS_URL or "filesystem://localhost"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = (
    {"visibility_timeout": 600, "unacked_restore_interval": 10, "unacked_restore_throttle": 1}
    if REDIS_URL
    else {"data_folder": str(DATA_DIR / "queue"), "polling_interval": 0.2}
)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "core.jobs.sweep", "schedule": 5.0, "options": {"expires": 15}},
    "purge": {"task": "records.jobs.purge", "schedule": 60.0, "options": {"expires": 120}},
    "forget": {"task": "transfers.jobs.forget", "schedule": 600.0, "options": {"expires": 1200}},
    "tell": {"task": "tasks.jobs.tell", "schedule": 10.0, "options": {"expires": 30}},
    "expire": {"task": "crm.jobs.expire", "schedule": 300.0, "options": {"expires": 300}},
}
JOB_LEASE_SECONDS = 20
NOTICE_HELD_SECONDS = 120  # longer than a mail server is waited for

# --- People ---------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["users.backends.People"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "first_name", "last_name", "name_key")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
if TESTING:
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # fast
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]  # grants are interpreted by records.gate alone, not by a backend
ANONYMOUS_USER_NAME = None  # guardian's: nobody is given a row of their own
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "users.adapters.Doorkeeper"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_PREVENT_ENUMERATION = True
LOGIN_TRIES = 5
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": f"100/15m/ip,{LOGIN_TRIES}/15m/key"}
SESSION_COOKIE_AGE = 30 * 24 * 3600

# A second factor, and passkeys; whoever has one changes it after confirming who they are.
MFA_ADAPTER = "users.factors.SecondFactor"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # addresses are given by administrators
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# Single sign-on, with all four or not at all; who is not there yet by e-mail address is not made.
OIDC_NAME, OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = (
    os.environ.get(f"OIDC_{name}", "") for name in ("NAME", "ISSUER", "CLIENT_ID", "CLIENT_SECRET")
)
SINGLE_SIGN_ON = bool(OIDC_NAME and OIDC_ISSUER and OIDC_CLIENT_ID and OIDC_CLIENT_SECRET)
FORM_ACTIONS = ["{0.scheme}://{0.netloc}".format(urlsplit(OIDC_ISSUER))] if SINGLE_SIGN_ON else []
SOCIALACCOUNT_ADAPTER = "users.single_sign_on.Welcome"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our own view takes a POST alone
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": []}}
if SINGLE_SIGN_ON:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "house",
            "name": OIDC_NAME,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_CLIENT_SECRET,
            "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
        }
    )

# --- Words, numbers, time -------------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fr", "Français")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- Pages ----------------------------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG or TESTING else "core.assets.Assets"
    },
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_AUTOREFRESH = DEBUG or TESTING
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Security -------------------------------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "crm.errors.csrf"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    # The other hosts of the house's domain are not ours to bind, nor a browser's built-in list to fill.
    SILENCED_SYSTEM_CHECKS += ["security.W005", "security.W021"]
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True

# --- Mail out, logs -------------------------------------------------------------------------------------------------

EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if "EMAIL_HOST" in os.environ
    else "django.core.mail.backends.filebased.EmailBackend"
)
SITE_URL = os.environ.get("SITE_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}")
EMAIL_FILE_PATH = DATA_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = flag("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "CRM <crm@localhost>")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname:7} {name}: {message}", "style": "{"}},
    "filters": {"secrets": {"()": "core.logs.WithoutSecrets"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["secrets"]}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO" if DEBUG else "WARNING"},
        "crm": {"level": "INFO"},
        "celery": {"level": "WARNING"},
    },
}

# What an upper app does along with a lower app's verbs (records.companions).
COMPANIONS: list[str] = [
    "opportunities.companion.OpportunityCompanion",
    "attributes.companion.CustomFieldGates",
    "opportunities.parties.PartyPages",
    "tasks.companion.TaskPanel",
    "tasks.track_panel.Tracks",
    "activities.companion.ActivityTab",
    "users.companion.Sharing",
    "users.companion.Telling",
    "transfers.companion.Receipts",
]
