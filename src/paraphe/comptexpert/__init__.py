"""The demonstration identity provider and its post office. Never part of a production site."""
