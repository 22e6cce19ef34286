from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("clients", "0001_initial")]

    operations = [
        migrations.AddField("client", "previous_hash", models.CharField(blank=True, default="", max_length=64)),
        migrations.AddField("client", "previous_until", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FailedAttempts",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("count", models.PositiveIntegerField(default=1)),
                ("since", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
