"""Pages of those who prepare, launch and follow collections."""
