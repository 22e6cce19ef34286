"""WSGI entry of the trust site."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paraphe.config.sites.trust.settings")

import django
from django.conf import settings

django.setup(set_prefix=False)

from paraphe.config.proxies import behind_proxies  # noqa: E402 - settings first
from paraphe.trust.http import open as open_services  # noqa: E402 - views need Django set up

application = behind_proxies(open_services.application(), settings.TRUSTED_PROXIES)
