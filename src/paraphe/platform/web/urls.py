"""Addresses of the pages, each journey with its own."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("paraphe.platform.web.public.urls")),
    path("", include("paraphe.platform.web.account.urls")),
    path("", include("paraphe.platform.web.registration.urls")),
    path("", include("paraphe.platform.web.documents.urls")),
    path("", include("paraphe.platform.web.delegations.urls")),
    path("", include("paraphe.platform.web.history.urls")),
    path("", include("paraphe.platform.web.verification.urls")),
    path("", include("paraphe.platform.web.credit.urls")),
    path("", include("paraphe.platform.web.contacts.urls")),
    path("", include("paraphe.platform.web.firm.urls")),
    path("", include("paraphe.platform.web.home.urls")),
    path("", include("paraphe.platform.web.settings.urls")),
    path("", include("paraphe.platform.web.envelopes.urls")),
    path("", include("paraphe.platform.web.ceremony.urls")),
    path("", include("paraphe.platform.web.operations.urls")),
    path("", include("paraphe.platform.web.sealing.urls")),
    path("", include("paraphe.platform.web.programs.urls")),
]
