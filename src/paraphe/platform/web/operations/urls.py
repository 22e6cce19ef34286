"""Addresses of the operator's page and of the report of a request."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.operations import reporting, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("exploitation/", views.show, name="operator"),
    path("exploitation/taches/<int:letter>/", views.revive, name="operator-revive"),
    path("exploitation/reprendre/", views.retry, name="operator-retry"),
    path("exploitation/signalements/<uuid:report_id>/", views.stop, name="operator-stop"),
    path("signaler/<str:token>/", reporting.report, name="report-request"),
]
