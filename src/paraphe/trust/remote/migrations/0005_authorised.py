from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("remote", "0004_one_shots")]

    operations = [
        migrations.AddField(model_name="activation", name="authorised", field=models.JSONField(default=list)),
    ]
