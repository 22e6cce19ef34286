"""Settings of the platform site under test."""

from tests.support.settings.prepare import prepare

prepare("platform")

from paraphe.config.sites.platform.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*globals()["INSTALLED_APPS"], "tests.support.flushing.FlushingConfig"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "pages"},
}
if globals()["DATABASES"]["default"]["ENGINE"].endswith("sqlite3"):
    # A file: threads that spend the same credit must meet the locks of production, not those of a shared memory.
    globals()["DATABASES"]["default"]["TEST"] = {"NAME": str(globals()["SITE_DIR"] / "test.sqlite3")}
