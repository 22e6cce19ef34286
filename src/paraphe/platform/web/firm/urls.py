"""Addresses of the firm's own pages."""

from django.urls import path

from paraphe.platform.web.firm import holds, leaving, logo, membership, options

urlpatterns = [
    path("espace/cabinet/", options.show, name="firm-settings"),
    path("espace/cabinet/apercu/", options.preview, name="firm-mail-preview"),
    path("espace/cabinet/logo/", logo.change, name="firm-logo"),
    path("espace/cabinet/logo.png", logo.image, name="firm-logo-image"),
    path("espace/cabinet/gels/", holds.holds, name="firm-holds"),
    path("espace/cabinet/gels/<uuid:order_id>/lever/", holds.lift, name="firm-hold-lift"),
    path("espace/cabinet/adhesion/", membership.show, name="firm-membership"),
    path("espace/cabinet/adhesion/conditions/", membership.accept, name="firm-terms"),
    path("espace/cabinet/adhesion/<uuid:adhesion_id>.pdf", membership.signed, name="firm-signed-terms"),
    path("espace/cabinet/quitter/", leaving.leave, name="firm-leave"),
    path("espace/cabinet/export/", leaving.begin_export, name="firm-export-begin"),
    path("espace/cabinet/export/<uuid:export_id>/", leaving.export, name="firm-export"),
    path("espace/cabinet/export/<uuid:export_id>.zip", leaving.download, name="firm-export-download"),
]
