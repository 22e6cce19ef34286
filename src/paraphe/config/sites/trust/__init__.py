"""The trust site."""
