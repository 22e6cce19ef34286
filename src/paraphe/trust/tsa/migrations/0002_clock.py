from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def in_microseconds(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the latest time that was stamped: a clock put back during the upgrade is to be seen."""
    model = apps.get_model("tsa", "HighWater")
    for row in model.objects.all():
        model.objects.filter(pk=row.pk).update(at_us=int(row.at.timestamp() * 1_000_000))


class Migration(migrations.Migration):
    dependencies = [("tsa", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="MachineClock",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("boot", models.CharField(max_length=40, unique=True)),
                ("ahead_us", models.BigIntegerField()),
                ("reason", models.CharField(blank=True, max_length=20)),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField("highwater", "at_us", models.PositiveBigIntegerField(default=0), preserve_default=False),
        migrations.RunPython(in_microseconds, migrations.RunPython.noop),
        migrations.RemoveField("highwater", "at"),
    ]
