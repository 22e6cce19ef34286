"""WSGI entry of the comptexpert site."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from paraphe.config.proxies import behind_proxies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paraphe.config.sites.comptexpert.settings")
application = behind_proxies(get_wsgi_application(), settings.TRUSTED_PROXIES)
