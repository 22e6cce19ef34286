"""Pages of the platform, one folder per journey."""
