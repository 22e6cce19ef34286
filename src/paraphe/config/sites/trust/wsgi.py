"""WSGI entry of the trust site."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "paraphe.config.sites.trust.settings")
application = get_wsgi_application()
