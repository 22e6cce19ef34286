"""WSGI entry of the trust site."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paraphe.config.sites.trust.settings")

import django

django.setup(set_prefix=False)

from paraphe.trust.http import open as open_services  # noqa: E402 - views need Django set up

application = open_services.application()
