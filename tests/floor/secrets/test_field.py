import secrets as randomness
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.migrations.writer import MigrationWriter

from paraphe.floor.secrets import SealBroken, SealedTextField

ALICE_MOBILE = "+33612345678"


class Holder(models.Model):
    """Somebody with a mobile. Personal data: its number, sealed."""

    mobile = SealedTextField(purpose="test.mobile", null=True)
    objects: models.Manager["Holder"] = models.Manager()

    class Meta:
        app_label = "testlog"
        managed = False

    def __str__(self) -> str:
        return str(self.pk)


@pytest.fixture(autouse=True)
def table(transactional_db: None) -> Iterator[None]:
    with connection.schema_editor() as editor:
        editor.create_model(Holder)
    yield
    with connection.schema_editor() as editor:
        editor.delete_model(Holder)


def stored() -> bytes | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT mobile FROM {Holder._meta.db_table}")
        [(value,)] = cursor.fetchall()
    return None if value is None else bytes(value)


def test_text_in_python_sealed_in_the_database() -> None:
    Holder.objects.create(mobile=ALICE_MOBILE)
    assert Holder.objects.get().mobile == ALICE_MOBILE
    assert list(Holder.objects.values_list("mobile", flat=True)) == [ALICE_MOBILE]
    assert ALICE_MOBILE.encode() not in (stored() or b"")


def test_nothing_and_empty_text_are_different() -> None:
    holder = Holder.objects.create(mobile=None)
    assert stored() is None
    assert Holder.objects.get(mobile__isnull=True).mobile is None
    Holder.objects.filter(pk=holder.pk).update(mobile="")
    assert Holder.objects.get(mobile__isnull=False).mobile == ""
    assert stored()


def test_sealed_text_cannot_be_searched() -> None:
    for lookup in ("mobile", "mobile__contains", "mobile__in"):
        with pytest.raises(FieldError):
            Holder.objects.filter(**{lookup: ALICE_MOBILE}).exists()


def test_another_key_does_not_open_it(settings: Any) -> None:
    Holder.objects.create(mobile=ALICE_MOBILE)
    settings.SEALING_KEY = randomness.token_bytes(32)
    with pytest.raises(SealBroken):
        Holder.objects.get()


def test_migrations_keep_the_purpose() -> None:
    written, imports = MigrationWriter.serialize(Holder._meta.get_field("mobile"))
    assert written.endswith("SealedTextField(editable=False, null=True, purpose='test.mobile')")
    assert imports == {"import paraphe.floor.secrets.fields"}
