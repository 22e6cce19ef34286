"""Addresses of the front page and of what stands behind it."""

from django.urls import URLPattern, URLResolver, path

from paraphe.trust.pages.home import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("cps/", views.practices, name="practices"),
]
