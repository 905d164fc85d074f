"""Settings. Everything that differs between machines is an environment variable ``ANJU_…``."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = Path(os.environ.get("ANJU_ROOT", PACKAGE.parent.parent))
VAR = Path(os.environ.get("ANJU_VAR", ROOT / "var"))


def flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


DEBUG = flag("ANJU_DEBUG", False)
DEMO = flag("ANJU_DEMO", False)
KEEP_PAGES = flag("ANJU_SERVING", False)  # public pages, for their cache_seconds
SECRET_KEY = os.environ.get("ANJU_SECRET_KEY", "only-for-development-and-tests-" + "x" * 32)
ALLOWED_HOSTS = os.environ.get("ANJU_HOSTS", "localhost,127.0.0.1,testserver").split(",")

INSTALLED_APPS = [
    "anju.config",
    "anju.city",
    "anju.portal",
    "anju.partners",
    "anju.contracts",
    "anju.registry",
    "anju.flow",
    "anju.documents",
    "anju.exports",
    "anju.notices",
    "anju.files",
    "anju.audit",
    "anju.jobs",
    "anju.ui",
    "anju.access",
    "anju.reference",
    "anju.core",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "django_htmx",
    "django_cotton",
    "django_filters",
    "csp",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "anju.ui.headers.HeadersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "anju.ui.reading.ReadingMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "anju.access.middleware.ActorMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "anju.config.urls"
WSGI_APPLICATION = "anju.config.wsgi.application"
AUTH_USER_MODEL = "access.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Sign-in: our pages over allauth's second factors; allauth's own pages are not mounted.
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "anju.access.factors.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Anju"
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = flag("ANJU_INSECURE_ORIGIN", True)
FIGURES = os.environ.get("ANJU_FIGURES", "")  # JSON file of figures of the place
IDLE_MINUTES = int(os.environ.get("ANJU_IDLE_MINUTES", "30"))  # officials; 0 never
# Lists longer than this are written in the background, and their files kept for so many days.
EXPORT_IMMEDIATE_ROWS = int(os.environ.get("ANJU_EXPORT_IMMEDIATE_ROWS", "5000"))
EXPORT_DAYS = int(os.environ.get("ANJU_EXPORT_DAYS", "7"))
# Passkeys are bound to this host name; "" takes the request's.
PASSKEY_HOST = os.environ.get("ANJU_PASSKEY_HOST", "")

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "anju.ui.context.shell",
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "APP_DIRS": True,
        "OPTIONS": {"environment": "anju.ui.rows.environment"},
    },
]
FILTERS_EMPTY_CHOICE_LABEL = _("All")
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database(url: str) -> dict[str, object]:
    """Django's settings for one PostgreSQL address."""
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        # sslmode, sslrootcert, connect_timeout and the like go to the driver.
        "OPTIONS": {k: unquote(v) for k, v in query.items() if k not in ("host", "port")},
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        # Legal days are Asia/Shanghai in SQL too.
        "TIME_ZONE": "Asia/Shanghai",
    }


DATABASES = {
    "default": database(os.environ.get("DATABASE_URL", "postgresql://postgres@localhost:5432/anju"))
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "anju_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

# A component sees its own attributes and the context processors, nothing of the page around it.
COTTON_ISOLATE_BY_DEFAULT = True

# Calendar days a delimitation of a management area is shown at the least. No article that we know
# names them; seven is a common habit of cities: set what the city's own rule says.
AREA_SHOW_DAYS = int(os.environ.get("ANJU_AREA_SHOW_DAYS", "7"))

# Facts of the site, for the head and the foot the guideline for government sites asks for.
SITE = {
    "city": os.environ.get("ANJU_CITY", _("The city")),
    "organiser": os.environ.get("ANJU_ORGANISER", _("the city's housing bureau")),
    "telephone": os.environ.get("ANJU_TELEPHONE", "12345"),
    "address": os.environ.get("ANJU_ADDRESS", ""),
    "site_code": os.environ.get("ANJU_SITE_CODE", "0000000000"),
    "icp": os.environ.get("ANJU_ICP", ""),
    "police": os.environ.get("ANJU_POLICE", ""),
    "find_faults": os.environ.get("ANJU_FIND_FAULTS", "https://zfwzgl.www.gov.cn/"),
    "demo": DEMO,
}

# Address people type; QR codes of papers and links in messages open it.
SITE_URL = os.environ.get(
    "ANJU_SITE_URL", f"http://localhost:{os.environ.get('PORT', '8000')}"
).rstrip("/")

# Webhooks may go to this machine: for the demo and for tests, never in service.
WEBHOOKS_TO_LOOPBACK = flag("ANJU_WEBHOOKS_TO_LOOPBACK", DEMO)
# Certificates partners are checked by; "" takes the system's.
WEBHOOKS_CA_FILE = os.environ.get("ANJU_WEBHOOKS_CA_FILE", "")

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "anju_language"
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "frontend" / "build"] if (ROOT / "frontend" / "build").exists() else []
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": VAR / "files"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if flag("ANJU_HASHED_STATIC", False)
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

CSRF_FAILURE_VIEW = "anju.ui.errors.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = flag("ANJU_HTTPS", False)
CSRF_COOKIE_SECURE = flag("ANJU_HTTPS", False)
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
