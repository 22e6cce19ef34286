"""Addresses of the public site."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.public import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="public-home"),
    path("aide/", views.assistance, name="help"),
    path("confiance/", views.confidence, name="confidence"),
]
