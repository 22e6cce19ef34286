"""Addresses of the pages."""

from django.urls import URLPattern, URLResolver, include, path, register_converter
from django.urls.converters import StringConverter


class SideConverter(StringConverter):
    """A side of a document."""

    regex = "front|back"


register_converter(SideConverter, "side")

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("paraphe.trust.pages.home.urls")),
    path("", include("paraphe.trust.pages.authorise.urls")),
    path("", include("paraphe.trust.pages.enrolment.urls")),
    path("", include("paraphe.trust.pages.holder.urls")),
    path("", include("paraphe.trust.pages.seals.urls")),
    path("", include("paraphe.trust.pages.officer.urls")),
]
