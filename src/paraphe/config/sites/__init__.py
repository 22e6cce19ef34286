"""One folder per site: settings, urls, wsgi."""
