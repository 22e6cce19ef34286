from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('documents', '0007_fill_openings'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='document',
            name='opened_version',
        ),
    ]
