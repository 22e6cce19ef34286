"""The chain of each firm and collection, anchors, disclosures; events that are there already get their links."""

from typing import Any

from django.db import migrations, models

from paraphe.floor.chain.migrations import ForbidChanges
from paraphe.kernel.links import GENESIS, Link

BATCH = 1000


def link_what_is_there(apps: Any, schema_editor: Any) -> None:
    """Give every event that names a firm its place in the chain of that firm; collections there were none."""
    entries = apps.get_model("evidence", "EvidenceEntry").objects.using(schema_editor.connection.alias)
    links = apps.get_model("evidence", "EvidenceLink")
    heads: dict[str, tuple[int, str]] = {}
    made: list[Any] = []
    rows = entries.order_by("sequence").values_list("sequence", "entry_hash", "subjects")
    for sequence, entry_hash, subjects in rows.iterator(chunk_size=BATCH):
        firm = subjects.get("firm") if isinstance(subjects, dict) else None
        if not firm:
            continue
        position, previous = heads.get(firm, (0, GENESIS))
        link_hash = Link(f"firm:{firm}", position + 1, entry_hash, "", previous).hash
        made.append(
            links(
                kind="firm",
                scope=firm,
                position=position + 1,
                sequence=sequence,
                entry_hash=entry_hash,
                inner_hash="",
                previous_hash=previous,
                link_hash=link_hash,
            )
        )
        heads[firm] = (position + 1, link_hash)
        if len(made) == BATCH:
            links.objects.using(schema_editor.connection.alias).bulk_create(made)
            made = []
    links.objects.using(schema_editor.connection.alias).bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Anchor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("firm", models.CharField(max_length=64)),
                ("position", models.BigIntegerField()),
                ("link_hash", models.CharField(max_length=64)),
                ("token", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["firm", "position"], name="evidence_one_anchor_per_head")
                ]
            },
        ),
        migrations.CreateModel(
            name="Disclosure",
            fields=[
                ("sequence", models.BigIntegerField(primary_key=True, serialize=False)),
                ("holder", models.CharField(db_index=True, max_length=64)),
                ("sealed", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="EvidenceLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("firm", "Firm"), ("envelope", "Envelope")], max_length=8)),
                ("scope", models.CharField(max_length=64)),
                ("position", models.BigIntegerField()),
                ("sequence", models.BigIntegerField(db_index=True)),
                ("entry_hash", models.CharField(max_length=64)),
                ("inner_hash", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(max_length=64)),
                ("link_hash", models.CharField(max_length=64)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["kind", "scope", "position"], name="evidence_one_link_per_position"
                    )
                ]
            },
        ),
        migrations.RunPython(link_what_is_there, migrations.RunPython.noop),
        ForbidChanges("EvidenceLink"),
        ForbidChanges("Anchor"),
    ]
