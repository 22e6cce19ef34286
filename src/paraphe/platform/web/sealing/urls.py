"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.sealing import acts, delivery, files, release, seal, views

LOT = "cachets/lots/<uuid:batch_id>/"

urlpatterns: list[URLPattern | URLResolver] = [
    path("cachets/", views.listing, name="batches"),
    path("cachets/nouveau/", views.new, name="batch-new"),
    path(LOT, views.show, name="batch"),
    path(LOT + "etat/", views.state, name="batch-state"),
    path(LOT + "options/", views.change, name="batch-change"),
    path(LOT + "fichiers/", files.listing, name="batch-files"),
    path(LOT + "fichiers/ajouter/", files.add, name="batch-add"),
    path(LOT + "decouper/", files.split, name="batch-split"),
    path(LOT + "retirer/", files.remove, name="batch-remove"),
    path(LOT + "proposer/", release.propose, name="batch-propose"),
    path(LOT + "liberer/", release.begin, name="batch-release"),
    path(LOT + "ne-pas-liberer/", release.withdraw, name="batch-not-release"),
    path(LOT + "supprimer/", acts.delete, name="batch-delete"),
    path(LOT + "pause/", acts.pause, name="batch-pause"),
    path(LOT + "reprise/", acts.resume, name="batch-resume"),
    path(LOT + "arret/", acts.cancel, name="batch-cancel"),
    path(LOT + "nouvel-essai/", acts.retry, name="batch-retry"),
    path(LOT + "resultats.zip", files.archive, name="batch-archive"),
    path(LOT + "bordereau.<str:kind>", files.manifest, name="batch-manifest"),
    path(LOT + "fichiers/<int:item_id>/", files.one, name="batch-file"),
    path(LOT + "remise/", delivery.match, name="batch-deliver"),
    path(LOT + "remise/envoyer/", delivery.send, name="batch-deliver-send"),
    path("cachets/cachet/", seal.show, name="seal"),
    path("cachets/cachet/demander/", seal.ask, name="seal-ask"),
    path("cachets/cachet/revoquer/", seal.revoke, name="seal-revoke"),
    path("cachets/mandats/nouveau/", seal.standing_new, name="standing-new"),
    path("cachets/mandats/<uuid:mandate_id>/retirer/", seal.standing_withdraw, name="standing-withdraw"),
    path("cachets/retour/", release.returned, name="seal-return"),
    path("recu/<str:token>/", delivery.received, name="received"),
    path("recu/<str:token>/document.pdf", delivery.received_file, name="received-file"),
]
