"""The addresses of a site that has nothing but the look, and a few pages written on it for the browser."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path

from paraphe.floor.design.gallery import samples

HEAD = '{% extends "design/narrow.html" %}{% block main %}<h1>Essai</h1>'
UPLOAD = (
    '<form method="post" enctype="multipart/form-data" novalidate>{% csrf_token %}'
    '{% include "design/upload.html" with field=form.file max_bytes=1000000 %}'
    '<button class="btn btn-primary">Envoyer</button></form>'
)
READ = (
    '<form method="post">{% csrf_token %}{% include "design/pages_viewer.html" %}'
    '<button class="btn btn-primary" data-needs-pages>Continuer</button></form>'
)
PLACE = (
    '<form method="get" action="/recu/">{% include "design/box_placer.html" %}'
    '<input type="checkbox" name="visible" id="visible" checked><label for="visible">Visible</label>'
    '<button class="btn btn-primary">Signer</button></form>'
)
ASK = (
    '<form method="post" data-confirm="sure">{% csrf_token %}<button class="btn btn-danger">Supprimer</button></form>'
    '{% include "design/dialog.html" with id="sure" title="Vraiment ?" confirm_label="Oui, supprimer" %}'
)


class FileForm(forms.Form):
    """One file."""

    file = forms.FileField(label="Document PDF")


def _page(request: HttpRequest, body: str, **variables: object) -> HttpResponse:
    template = engines["django"].from_string(f"{HEAD}{body}{{% endblock %}}")
    return HttpResponse(template.render({**samples(), **variables}, request))


def upload(request: HttpRequest) -> HttpResponse:
    """Take a file: what is not a PDF is refused beside the field, the rest leads to another page."""
    form = FileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["file"].read(5) == b"%PDF-":
            return redirect(f"/recu/?size={form.cleaned_data['file'].size}")
        form.add_error("file", "Ce fichier n'est pas un PDF.")
    return _page(request, UPLOAD, form=form)


def received(request: HttpRequest) -> HttpResponse:
    """Show what arrived."""
    return _page(request, "<p id='recu'>{{ recu }}</p>" + PLACE, recu=request.GET.urlencode())


def read(request: HttpRequest) -> HttpResponse:
    """Show a document; its button waits for the last page."""
    if request.method == "POST":
        return redirect(f"/recu/?seen={request.POST['pages_seen']}")
    return _page(request, READ)


def ask(request: HttpRequest) -> HttpResponse:
    """Ask before an act."""
    return redirect("/recu/?supprime=oui") if request.method == "POST" else _page(request, ASK)


urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("paraphe.floor.design.urls")),
    path("televerser/", upload),
    path("recu/", received),
    path("placer/", lambda request: _page(request, PLACE)),
    path("lire/", read),
    path("demander/", ask),
]
handler400 = "paraphe.floor.design.errors.bad_request"
handler403 = "paraphe.floor.design.errors.forbidden"
handler404 = "paraphe.floor.design.errors.not_found"
handler500 = "paraphe.floor.design.errors.server_error"
