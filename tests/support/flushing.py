"""Empties the tables between tests that commit, also those that the database protects or that Django does not own."""

from typing import Any

from django.apps import AppConfig
from django.db import transaction
from django.db.backends.base.operations import BaseDatabaseOperations

_flush = BaseDatabaseOperations.execute_sql_flush
_PROTECTED = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_append_only_%'"
_OF_PROCRASTINATE = "procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers, procrastinate_events"


class FlushingConfig(AppConfig):
    """Makes Django's flush lift the append-only triggers for as long as it takes, and empty the queue too."""

    name = "tests.support.flushing"
    label = "flushing"

    def ready(self) -> None:
        BaseDatabaseOperations.execute_sql_flush = _flush_everything  # type: ignore[method-assign]


def _flush_everything(self: BaseDatabaseOperations, sql_list: Any) -> None:
    connection = self.connection
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%_append_only_%'"
            )
            tables = [name for (name,) in cursor.fetchall()]
            lift = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in tables]
            restore = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in tables]
            cursor.execute("SELECT to_regclass('procrastinate_jobs') IS NOT NULL")
            if cursor.fetchone()[0]:
                lift.append(f"TRUNCATE {_OF_PROCRASTINATE} RESTART IDENTITY CASCADE")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_append_only_%'")
            triggers = cursor.fetchall()
            lift = [f"DROP TRIGGER {name}" for name, _ in triggers]
            restore = [sql for _, sql in triggers]
        for statement in lift:
            cursor.execute(statement)
        _flush(self, sql_list)
        for statement in restore:
            cursor.execute(statement)
