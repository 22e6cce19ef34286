"""Addresses for programs."""

from django.urls import URLPattern, URLResolver

from paraphe.trust.http import csc, csc_v1, enrolment_api, oauth, seal_api, status, timestamp

urlpatterns: list[URLPattern | URLResolver] = [
    *csc.urlpatterns,
    *csc_v1.urlpatterns,
    *oauth.urlpatterns,
    *enrolment_api.urlpatterns,
    *seal_api.urlpatterns,
    *status.urlpatterns,
    *timestamp.urlpatterns,
]
