"""Addresses of the address book."""

from django.urls import path

from paraphe.platform.web.contacts import duplicates, files, views

urlpatterns = [
    path("espace/contacts/", views.show, name="contacts"),
    path("espace/contacts/ajouter/", views.add, name="contact-add"),
    path("espace/contacts/doublons/", duplicates.duplicates, name="contact-duplicates"),
    path("espace/contacts/importer/", files.begin, name="contact-import"),
    path("espace/contacts/importer/<uuid:import_id>/", files.preview, name="contact-import-preview"),
    path("espace/contacts/importer/<uuid:import_id>/abandonner/", files.abandon, name="contact-import-abandon"),
    path("espace/contacts/contacts.csv", files.export_csv, name="contact-export-csv"),
    path("espace/contacts/contacts.vcf", files.export_vcard, name="contact-export-vcard"),
    path("espace/contacts/<uuid:contact_id>/", views.change, name="contact"),
    path("espace/contacts/<uuid:contact_id>/supprimer/", views.delete, name="contact-delete"),
    path("espace/contacts/<uuid:contact_id>/donnees.json", views.about, name="contact-about"),
    path("espace/contacts/<uuid:contact_id>/effacer/", views.erase, name="contact-erase"),
]
