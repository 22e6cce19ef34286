"""A migration operation by which the database itself refuses an entry whose lines do not sum to zero.

Lines are written before their entry (their foreign key is checked at the end of the transaction): the entry that comes
closes them. It is refused unless there are lines that sum to zero, and no line is taken for an entry that is there.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

# Names of our own, never input.
_UNBALANCED = "(SELECT COALESCE(SUM(cents), 1) FROM credit_line WHERE entry_id = NEW.id) <> 0"
_CLOSED = "EXISTS (SELECT 1 FROM credit_entry WHERE id = NEW.entry_id)"
_GUARDS = (
    ("credit_entry", "balanced", _UNBALANCED, "the lines of an entry sum to zero"),
    ("credit_line", "before_its_entry", _CLOSED, "an entry that is written takes no further line"),
)


class RefuseUnbalanced(Operation):
    """Create triggers that refuse unbalanced entries, and lines that come after their entry."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the triggers."""
        for guard in _GUARDS:
            for statement in _create(schema_editor.connection.vendor, *guard):
                schema_editor.execute(statement)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove the triggers."""
        for table, name, *_ in _GUARDS:
            on_table = f" ON {table}" if schema_editor.connection.vendor == "postgresql" else ""
            schema_editor.execute(f"DROP TRIGGER {table}_{name}{on_table}")
            if on_table:
                schema_editor.execute(f"DROP FUNCTION {table}_{name}()")

    def describe(self) -> str:
        """Say what this does."""
        return "Refuse entries that do not sum to zero"


def _create(vendor: str, table: str, name: str, wrong: str, message: str) -> list[str]:
    if vendor == "postgresql":
        return [
            f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN IF {wrong} THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; END IF; "
            f"RETURN NEW; END$$",
            f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()",
        ]
    return [
        f"CREATE TRIGGER {table}_{name} BEFORE INSERT ON {table} WHEN {wrong} "
        f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
    ]
