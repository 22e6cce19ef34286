"""A migration operation by which the database itself forbids to change or delete entries of a log."""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

MESSAGE = "entries of this log are never changed or deleted"


class ForbidChanges(Operation):
    """Create triggers that refuse UPDATE, DELETE and (PostgreSQL) TRUNCATE on the table of model ``name``."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, name: str) -> None:
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Create the triggers."""
        self._run(app_label, schema_editor, to_state, create_triggers)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove the triggers."""
        self._run(app_label, schema_editor, from_state, drop_triggers)

    def describe(self) -> str:
        """Say what this does."""
        return f"Forbid changes of {self.name}"

    def _run(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, state: ProjectState, make: Any) -> None:
        model = state.apps.get_model(app_label, self.name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            for statement in make(schema_editor.connection.vendor, model._meta.db_table):
                schema_editor.execute(statement)


def create_triggers(vendor: str, table: str) -> list[str]:
    """Return the statements that protect ``table`` (a name of our own, never input) on ``vendor``."""
    if vendor == "postgresql":
        return [
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$BEGIN RAISE EXCEPTION '{MESSAGE}'; END$$",
            f'CREATE TRIGGER {table}_append_only_row BEFORE UPDATE OR DELETE ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()",
            f'CREATE TRIGGER {table}_append_only_all BEFORE TRUNCATE ON "{table}" '
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()",
        ]
    return [
        f'CREATE TRIGGER {table}_append_only_{act.lower()} BEFORE {act} ON "{table}" '
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
        for act in ("UPDATE", "DELETE")
    ]


def drop_triggers(vendor: str, table: str) -> list[str]:
    """Return the statements that take the protection of ``table`` away."""
    if vendor == "postgresql":
        return [
            f'DROP TRIGGER {table}_append_only_row ON "{table}"',
            f'DROP TRIGGER {table}_append_only_all ON "{table}"',
            f"DROP FUNCTION {table}_append_only()",
        ]
    return [f"DROP TRIGGER {table}_append_only_{act}" for act in ("update", "delete")]
