"""Settings of the comptexpert site as a process of its own, on the port in ``LIVE_PORT``."""

import os

from tests.support.settings.prepare import prepare

prepare("comptexpert")
os.environ["PARAPHE_COMPTEXPERT_PORT"] = os.environ["LIVE_PORT"]

from paraphe.config.sites.comptexpert.settings import *  # noqa: E402, F403

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
