"""Addresses of these pages."""

from django.urls import URLPattern, URLResolver, path

from paraphe.platform.web.envelopes import boxes, bulks, drafting, files, lists, running, templates

urlpatterns: list[URLPattern | URLResolver] = [
    path("collectes/", lists.show, name="envelopes"),
    path("collectes/nouvelle/", drafting.create, name="envelope-new"),
    path("collectes/modeles/", templates.show, name="envelope-templates"),
    path("collectes/modeles/<uuid:envelope_id>/utiliser/", templates.use, name="envelope-template-use"),
    path("collectes/modeles/<uuid:envelope_id>/liste/", bulks.table, name="envelope-table"),
    path("collectes/modeles/<uuid:envelope_id>/liste/exemple.csv", bulks.example, name="envelope-table-example"),
    path("collectes/listes/", bulks.show_all, name="envelope-bulks"),
    path("collectes/listes/<uuid:bulk_id>/", bulks.show, name="envelope-bulk"),
    path("collectes/listes/<uuid:bulk_id>/reprendre/", bulks.retry, name="envelope-bulk-retry"),
    path("collectes/listes/<uuid:bulk_id>/lignes.csv", bulks.to_correct, name="envelope-bulk-lines"),
    path("collectes/<uuid:envelope_id>/", running.show, name="envelope"),
    path("collectes/<uuid:envelope_id>/documents/", drafting.files, name="envelope-documents"),
    path("collectes/<uuid:envelope_id>/documents/depuis/", drafting.from_documents, name="envelope-from-documents"),
    path("collectes/<uuid:envelope_id>/documents/ordre/", drafting.order_documents, name="envelope-documents-order"),
    path("collectes/<uuid:envelope_id>/documents/<uuid:document_id>/", drafting.document, name="envelope-document"),
    path(
        "collectes/<uuid:envelope_id>/documents/<uuid:document_id>/pages/<int:page>-<int:width>.png",
        files.page,
        name="envelope-page",
    ),
    path(
        "collectes/<uuid:envelope_id>/documents/<uuid:document_id>/telecharger/",
        files.download,
        name="envelope-document-download",
    ),
    path("collectes/<uuid:envelope_id>/signataires/", drafting.people, name="envelope-people"),
    path("collectes/<uuid:envelope_id>/signataires/connus/", drafting.add_known, name="envelope-add-known"),
    path("collectes/<uuid:envelope_id>/signataires/ordre/", drafting.order_people, name="envelope-people-order"),
    path("collectes/<uuid:envelope_id>/signataires/<uuid:recipient_id>/", drafting.person, name="envelope-person"),
    path("collectes/<uuid:envelope_id>/cases/", boxes.boxes, name="envelope-boxes"),
    path("collectes/<uuid:envelope_id>/cases/texte/", boxes.by_text, name="envelope-boxes-text"),
    path("collectes/<uuid:envelope_id>/cases/defaut/", boxes.by_default, name="envelope-boxes-default"),
    path("collectes/<uuid:envelope_id>/message/", drafting.message, name="envelope-message"),
    path("collectes/<uuid:envelope_id>/lancement/", drafting.check, name="envelope-check"),
    path("collectes/<uuid:envelope_id>/apercu/<uuid:recipient_id>/", drafting.preview, name="envelope-preview"),
    path("collectes/<uuid:envelope_id>/transmettre/", drafting.hand_over, name="envelope-hand-over"),
    path("collectes/<uuid:envelope_id>/supprimer/", drafting.delete, name="envelope-delete"),
    path("collectes/<uuid:envelope_id>/modele/", templates.make, name="envelope-make-template"),
    path("collectes/<uuid:envelope_id>/relancer/", running.relaunch, name="envelope-relaunch"),
    path("collectes/<uuid:envelope_id>/prolonger/", running.extend, name="envelope-extend"),
    path("collectes/<uuid:envelope_id>/annuler/", running.cancel, name="envelope-cancel"),
    path("collectes/<uuid:envelope_id>/ordre/", running.reorder, name="envelope-reorder"),
    path(
        "collectes/<uuid:envelope_id>/destinataires/<uuid:recipient_id>/corriger/",
        running.correct,
        name="envelope-correct",
    ),
    path(
        "collectes/<uuid:envelope_id>/destinataires/<uuid:recipient_id>/remplacer/",
        running.replace,
        name="envelope-replace",
    ),
    path("collectes/<uuid:envelope_id>/lien/revoquer/", running.revoke_link, name="envelope-link-revoke"),
    path("collectes/<uuid:envelope_id>/lien/envoyer/", running.send_link, name="envelope-link-send"),
    path("collectes/<uuid:envelope_id>/tout.zip", files.bundle, name="envelope-bundle"),
    path("collectes/<uuid:envelope_id>/preuves/<uuid:proof_id>.pdf", files.proof, name="envelope-proof"),
]
