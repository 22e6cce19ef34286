"""WSGI entry of the platform site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paraphe.config.sites.platform.settings")
application = get_wsgi_application()
