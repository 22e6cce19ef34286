"""Background work as rows, behind the django-tasks API."""
