"""Addresses for programs."""

from django.urls import URLPattern, URLResolver

from paraphe.trust.http import csc, enrolment_api, oauth, status, timestamp

urlpatterns: list[URLPattern | URLResolver] = [
    *csc.urlpatterns,
    *oauth.urlpatterns,
    *enrolment_api.urlpatterns,
    *status.urlpatterns,
    *timestamp.urlpatterns,
]
