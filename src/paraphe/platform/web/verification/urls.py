"""Addresses of the verification."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.verification import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("verifier/", views.verify, name="verify"),
]
