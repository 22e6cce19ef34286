"""Give the documents that were there what lists read of them."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    from paraphe.platform.documents.rules import folded

    Document = apps.get_model("documents", "Document")
    for document in Document.objects.prefetch_related("versions").iterator(chunk_size=500):
        latest = max(document.versions.all(), key=lambda version: version.number, default=None)
        Document.objects.filter(pk=document.pk).update(
            title_folded=folded(document.title),
            page_count=len(document.pages),
            current=latest.number if latest else 0,
            size=latest.size if latest else 0,
        )


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0004_lists_uploads_and_looks'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
