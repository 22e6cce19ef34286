"""Who had a document opened until now was its owner."""

from typing import Any

from django.db import migrations


def fill(apps: Any, schema_editor: Any) -> None:
    Document, Opening = apps.get_model("documents", "Document"), apps.get_model("documents", "Opening")
    opened = Document.objects.exclude(opened_version=None).values_list("pk", "owner_id", "opened_version")
    for number, owner, version in opened.iterator(chunk_size=500):
        Opening.objects.create(document_id=number, person_id=owner, version=version)


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0006_who_opened_what'),
    ]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
