"""Keeps the account library from renaming the site in its pages."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.deprecation import MiddlewareMixin


class OwnSiteMiddleware(MiddlewareMixin):
    """Puts our own ``site`` back where the account library gives its pages another thing of that name."""

    def process_template_response(self, request: HttpRequest, response: Any) -> Any:
        """Repair the context before the page is rendered."""
        if isinstance(response, TemplateResponse) and response.context_data and "site" in response.context_data:
            response.context_data["site"] = settings.SITE
        return response
