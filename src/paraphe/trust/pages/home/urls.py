"""Address of the front page."""

from django.urls import URLPattern, URLResolver, path

from paraphe.trust.pages.home import views

urlpatterns: list[URLPattern | URLResolver] = [path("", views.home, name="home")]
