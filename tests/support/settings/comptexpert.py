"""Settings of the comptexpert site under test."""

from tests.support.settings.prepare import prepare

prepare("comptexpert")

from paraphe.config.sites.comptexpert.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*globals()["INSTALLED_APPS"], "tests.support.flushing.FlushingConfig"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
