"""Keep what stands inside of words, for a search that finds parts of them."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def fill(apps: Any, schema_editor: Any) -> None:
    """Write what stands inside the words that are there: whole letters, three at least."""
    words, tails = apps.get_model("envelopes", "EnvelopeWord"), apps.get_model("envelopes", "EnvelopeTail")
    rows: list[Any] = []
    for firm_id, word in words.objects.order_by().values_list("firm_id", "word").distinct().iterator(chunk_size=2000):
        text = bytes(word).decode()
        tails_of_it = (text[at:].encode() for at in range(1, len(text) - 2))
        rows.extend(tails(firm_id=firm_id, tail=tail, word=bytes(word)) for tail in tails_of_it)
        if len(rows) >= 2000:
            tails.objects.bulk_create(rows, ignore_conflicts=True)
            rows = []
    tails.objects.bulk_create(rows, ignore_conflicts=True)


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_my_account'),
        ('envelopes', '0012_certificates_paid'),
    ]

    operations = [
        migrations.CreateModel(
            name='EnvelopeTail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tail', models.BinaryField(max_length=160)),
                ('word', models.BinaryField(max_length=160)),
                ('firm', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.firm')),
            ],
            options={
                'indexes': [models.Index(fields=['firm', 'word'], name='tails_of_a_word')],
                'constraints': [models.UniqueConstraint(fields=('firm', 'tail', 'word'), name='one_row_per_tail_of_a_word')],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
