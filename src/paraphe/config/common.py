"""What the settings of the three sites share."""

import ipaddress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from paraphe.config.environment import BadConfiguration, Environment, read_secret

FLOOR_APPS = [
    "paraphe.floor.jobs",
    "paraphe.floor.messaging",
    "paraphe.floor.files",
    "paraphe.floor.design",
]

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL, not NORMAL: a power cut must not lose a committed signature, serial or log line.
    "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA foreign_keys=ON;"
    # What is deleted is overwritten: the wrapped key of a destroyed file must not stay in a free page.
    "PRAGMA secure_delete=ON;",
}


def database(url: str, fallback: Path) -> dict[str, Any]:
    """Return Django's description of the database at ``url``, or of SQLite at ``fallback`` when it is empty."""
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": str(fallback),
            "OPTIONS": dict(SQLITE_OPTIONS),
            # Opening it costs more than most requests do.
            "CONN_MAX_AGE": 60,
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise BadConfiguration(sentence="A database address must look like postgresql://user:password@host:port/name.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def site_settings(site: str, environment: Environment, *, database_url: str, form_targets: list[str]) -> dict[str, Any]:
    """Return the settings that every site has, for ``site``.

    ``form_targets`` are the other origins to which an answer to a form of this site may redirect (CSP form-action).
    """
    url = environment.site_url(site)
    tables = database(database_url, environment.data_dir / site / "db.sqlite3")
    return {
        **_place(site, environment, url),
        **_applications(site, on_postgres=tables["ENGINE"].endswith("postgresql")),
        "DATABASES": {"default": tables},
        **_pages(site, environment),
        **_protection(site, url, form_targets),
        **_carriers(environment),
        **_store(site, environment),
        "TRUSTED_PROXIES": _networks(environment),
        "MAX_PDF_BYTES": environment.number("PARAPHE_MAX_PDF_MB", 1, 2000) * 1_000_000,
    }


def _networks(environment: Environment) -> list[str]:
    """Return the proxies that may say for whom they ask. Raises BadConfiguration: `*` would let everybody say it."""
    given = [one.strip() for one in environment.text("PARAPHE_TRUSTED_PROXIES").split(",")]
    for one in given:
        try:
            ipaddress.ip_network(one)
        except ValueError:
            sentence = f"PARAPHE_TRUSTED_PROXIES has {one!r}: addresses or networks, joined by commas."
            raise BadConfiguration(sentence=sentence) from None
    return given


def _place(site: str, environment: Environment, url: str) -> dict[str, Any]:
    """Return where this site and the others are, and its secrets."""
    data = environment.data_dir
    home = data / site
    secrets = home / "secrets"
    return {
        "SITE": site,
        "SITE_URL": url,
        "PLATFORM_URL": environment.site_url("platform"),
        "TRUST_URL": environment.site_url("trust"),
        "COMPTEXPERT_URL": environment.site_url("comptexpert") if environment.demonstration else "",
        "DEMONSTRATION": environment.demonstration,
        "DEBUG": False,
        "DATA_DIR": data,
        "SITE_DIR": home,
        "SECRETS_DIR": secrets,
        "SECRET_KEY": read_secret(secrets / "django.key", octets=32).hex(),
        "SEALING_KEY": read_secret(secrets / "sealing.key", octets=32),
    }


def _applications(site: str, *, on_postgres: bool) -> dict[str, Any]:
    """Return the applications and middleware of ``site``."""
    queue = "procrastinate_backend.ProcrastinateBackend" if on_postgres else "lease.LeaseBackend"
    apps = [
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "django_htmx",
        "csp",
    ]
    if on_postgres:
        apps.append("procrastinate.contrib.django")
    return {
        "ROOT_URLCONF": f"paraphe.config.sites.{site}.urls",
        "WSGI_APPLICATION": f"paraphe.config.sites.{site}.wsgi.application",
        "INSTALLED_APPS": [*apps, *FLOOR_APPS],
        "MIDDLEWARE": [
            "django.middleware.security.SecurityMiddleware",
            "whitenoise.middleware.WhiteNoiseMiddleware",
            "csp.middleware.CSPMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.locale.LocaleMiddleware",
            "django.middleware.common.CommonMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
            "django.middleware.clickjacking.XFrameOptionsMiddleware",
            "django_htmx.middleware.HtmxMiddleware",
            "paraphe.floor.design.middleware.explain_not_allowed",
        ],
        "TASKS": {"default": {"BACKEND": f"paraphe.floor.jobs.{queue}"}},
        "MESSAGE_STORAGE": "django.contrib.messages.storage.session.SessionStorage",
    }


def _pages(site: str, environment: Environment) -> dict[str, Any]:
    """Return how pages are made: templates, languages, static files, caches, uploads."""
    home = environment.data_dir / site
    return {
        "TEMPLATES": [
            {
                "BACKEND": "django.template.backends.django.DjangoTemplates",
                "APP_DIRS": True,
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.template.context_processors.i18n",
                        "django.contrib.messages.context_processors.messages",
                        "paraphe.floor.design.context.site",
                    ]
                },
            }
        ],
        "FORM_RENDERER": "django.forms.renderers.DjangoTemplates",
        "CACHES": {
            "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
            # Images of pages, sealed: too many and too large for a table, and every machine can draw them anew.
            "pages": {
                "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
                "LOCATION": str(home / "pages"),
                "OPTIONS": {"MAX_ENTRIES": 2000},
            },
        },
        "LANGUAGE_CODE": "fr",
        "LANGUAGES": [("fr", "Français"), ("en", "English")],
        "LANGUAGE_COOKIE_NAME": f"paraphe_{site}_language",
        "LANGUAGE_COOKIE_SAMESITE": "Lax",
        "TIME_ZONE": "Europe/Paris",
        "USE_TZ": True,
        "USE_I18N": True,
        "STATIC_URL": "/static/",
        "STATIC_ROOT": str(home / "static"),
        "STORAGES": {
            "default": {
                "BACKEND": "django.core.files.storage.FileSystemStorage",
                "OPTIONS": {"location": str(home / "media")},
            },
            "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
        },
        "DATA_UPLOAD_MAX_MEMORY_SIZE": 2_500_000,
        "FILE_UPLOAD_HANDLERS": ["django.core.files.uploadhandler.TemporaryFileUploadHandler"],
    }


def _protection(site: str, url: str, form_targets: list[str]) -> dict[str, Any]:
    """Return what keeps browsers and sessions safe."""
    return {
        "ALLOWED_HOSTS": [urlsplit(url).hostname, "localhost", "127.0.0.1"],
        "CSRF_TRUSTED_ORIGINS": [url],
        # Cookies do not know ports: each site has names of its own, so that three sites on one host do not mix.
        "SESSION_COOKIE_NAME": f"paraphe_{site}_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": url.startswith("https://"),
        "SESSION_COOKIE_AGE": 8 * 3600,
        "CSRF_COOKIE_NAME": f"paraphe_{site}_csrf",
        "CSRF_COOKIE_SECURE": url.startswith("https://"),
        "CSRF_COOKIE_SAMESITE": "Lax",
        "CSRF_FAILURE_VIEW": "paraphe.floor.design.errors.csrf_failure",
        "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https") if url.startswith("https://") else None,
        "SECURE_HSTS_SECONDS": 31536000 if url.startswith("https://") else 0,
        "SECURE_REFERRER_POLICY": "same-origin",
        "X_FRAME_OPTIONS": "DENY",
        "CONTENT_SECURITY_POLICY": {
            "DIRECTIVES": {
                "default-src": ["'none'"],
                "script-src": ["'self'"],
                "style-src": ["'self'"],
                "img-src": ["'self'", "data:", "blob:"],
                "font-src": ["'self'"],
                "connect-src": ["'self'"],
                "manifest-src": ["'self'"],
                "frame-ancestors": ["'none'"],
                "base-uri": ["'none'"],
                "form-action": ["'self'", *form_targets],
            }
        },
    }


def _store(site: str, environment: Environment) -> dict[str, Any]:
    """Return where sealed files are kept. Raises BadConfiguration."""
    name = "PARAPHE_S3_BUCKET"
    store = environment.choice("PARAPHE_FILES", "disk", "s3")
    if store == "s3" and not environment.text(name):
        raise BadConfiguration(sentence=f"PARAPHE_FILES is s3: {name} is needed too.")
    endpoint = environment.text("PARAPHE_S3_ENDPOINT")
    if endpoint and urlsplit(endpoint).scheme not in ("https", "http"):
        raise BadConfiguration(sentence="PARAPHE_S3_ENDPOINT must look like https://host or https://host:port.")
    if endpoint.startswith("http:") and not environment.demonstration:
        raise BadConfiguration(sentence="PARAPHE_S3_ENDPOINT must begin with https:// in production.")
    key = secret = ""
    file = environment.text("PARAPHE_S3_CREDENTIALS_FILE")
    if file:
        key, colon, secret = read_secret(Path(file)).decode("ascii").partition(":")
        if not (key and colon and secret):
            sentence = "PARAPHE_S3_CREDENTIALS_FILE must hold one line: key-id:secret-key."
            raise BadConfiguration(sentence=sentence)
    prefix = f"{environment.text('PARAPHE_S3_PREFIX').strip('/')}/{site}/"
    return {
        "FILES_STORE": store,
        # In the order of ``floor.files.bucket.BucketSettings``.
        "FILES_S3": (environment.text(name), prefix, endpoint, environment.text("PARAPHE_S3_REGION"), key, secret),
    }


def _carriers(environment: Environment) -> dict[str, Any]:
    """Return who carries e-mails and SMS."""
    data = environment.data_dir
    return {
        "MAIL_FROM": environment.text("PARAPHE_MAIL_FROM"),
        "SUPPORT_EMAIL": environment.text("PARAPHE_SUPPORT_EMAIL"),
        "SMTP_URL": environment.text("PARAPHE_SMTP_URL"),
        "BOUNCE_ADDRESS": environment.text("PARAPHE_BOUNCE_ADDRESS"),
        "HOOK_TOKEN_FILE": environment.text("PARAPHE_HOOK_TOKEN_FILE"),
        "SMS_CARRIER": environment.text("PARAPHE_SMS_CARRIER"),
        "SMS_SENDER": environment.text("PARAPHE_SMS_SENDER"),
        "SMS_HTTP_URL": environment.text("PARAPHE_SMS_HTTP_URL"),
        "SMS_HTTP_TOKEN_FILE": environment.text("PARAPHE_SMS_HTTP_TOKEN_FILE"),
        "SMS_OVH_SERVICE": environment.text("PARAPHE_SMS_OVH_SERVICE"),
        "SMS_OVH_ENDPOINT": environment.text("PARAPHE_SMS_OVH_ENDPOINT"),
        "SMS_OVH_KEYS_FILE": environment.text("PARAPHE_SMS_OVH_KEYS_FILE"),
        # Demonstration: both sites hand their messages to the post office of Comptexpert, with this secret.
        "INBOX_SECRET_FILE": data / "comptexpert" / "secrets" / "inbox.secret",
    }
