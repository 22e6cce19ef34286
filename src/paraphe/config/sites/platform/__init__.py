"""The platform site."""
