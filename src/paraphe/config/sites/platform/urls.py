"""Addresses of the platform."""

from django.urls import URLPattern, URLResolver, include, path

from paraphe.config.health import healthz

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz, name="healthz"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("paraphe.floor.design.urls")),
    path("", include("paraphe.floor.messaging.hooks")),
    path("", include("paraphe.platform.web.urls")),
]
handler400 = "paraphe.floor.design.errors.bad_request"
handler403 = "paraphe.floor.design.errors.forbidden"
handler404 = "paraphe.floor.design.errors.not_found"
handler500 = "paraphe.floor.design.errors.server_error"
