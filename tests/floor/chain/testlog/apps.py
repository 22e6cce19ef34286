from django.apps import AppConfig


class TestLogConfig(AppConfig):
    name = "tests.floor.chain.testlog"
    label = "testlog"
    default_auto_field = "django.db.models.BigAutoField"
