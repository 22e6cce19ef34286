"""Settings of the trust site under test."""

from tests.support.settings.prepare import prepare

prepare("trust")

from paraphe.config.sites.trust.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*globals()["INSTALLED_APPS"], "tests.support.flushing.FlushingConfig"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Tests travel in time: that the clock was not stepped is checked by those that are about it.
CLOCK_CHECK = ["order"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
if globals()["DATABASES"]["default"]["ENGINE"].endswith("sqlite3"):
    # A file: threads that redeem at once must meet the locks of production, not those of a shared memory.
    globals()["DATABASES"]["default"]["TEST"] = {"NAME": str(globals()["SITE_DIR"] / "test.sqlite3")}
# Nobody reads identity documents but in the tests that are about it: they name a reader.
IDENTITY_READER = ""
