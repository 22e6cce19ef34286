from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def name_grantors(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Grants know from now on who granted them: the mandates say it of those that are there."""
    grants = apps.get_model("accounts", "Grant").objects
    for pk, grantor in apps.get_model("mandates", "Mandate").objects.values_list("pk", "granted_by_id").iterator():
        grants.filter(mandate=pk, granted_by=None).update(granted_by_id=grantor)


class Migration(migrations.Migration):

    dependencies = [
        ("mandates", "0001_initial"),
        ("accounts", "0003_my_account"),
    ]

    operations = [
        migrations.RunPython(name_grantors, migrations.RunPython.noop),
    ]
