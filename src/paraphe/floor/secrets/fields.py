"""A model field whose text is sealed in the database."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.lookups import Lookup

if TYPE_CHECKING:
    _TextOrNothing = models.Field[str | None, str | None]
else:
    _TextOrNothing = models.Field


class SealedTextField(_TextOrNothing):
    """Text that is sealed on its way into the database and opened on its way out.

    Python sees ``str``; the column holds bytes. It cannot be searched: keep a keyed hash beside it where that is
    needed. Reading raises SealBroken when the row was tampered with or the sealing key is another one.
    """

    empty_values = [None]

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """Describe the field for migrations, purpose included."""
        name, _path, args, kwargs = super().deconstruct()
        kwargs["purpose"] = self.purpose
        return str(name), "paraphe.floor.secrets.fields.SealedTextField", list(args), dict(kwargs)

    def get_internal_type(self) -> str:
        """Have the column of a BinaryField."""
        return "BinaryField"

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Seal ``value`` for the database."""
        from paraphe.floor.secrets.api import seal_text  # the door imports this module

        return None if value is None else connection.Database.Binary(seal_text(str(value), self.purpose))

    def from_db_value(self, value: Any, expression: object, connection: object) -> str | None:
        """Open what the database holds. Raises SealBroken."""
        from paraphe.floor.secrets.api import unseal_text  # the door imports this module

        return None if value is None else unseal_text(bytes(value), self.purpose)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        """Refuse to search in sealed text, except for its absence: each sealing differs, nothing would be found."""
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed and cannot be searched.")
        return super().get_lookup(lookup_name)
