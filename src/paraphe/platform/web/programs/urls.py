"""Addresses for programs."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.programs import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("api/batches/", views.create, name="api-batches"),
    path("api/batches/<uuid:batch_id>/", views.show, name="api-batch"),
    path("api/batches/<uuid:batch_id>/files/", views.files, name="api-batch-files"),
    path("api/batches/<uuid:batch_id>/files/<int:item_id>/", views.sealed, name="api-batch-file"),
]
