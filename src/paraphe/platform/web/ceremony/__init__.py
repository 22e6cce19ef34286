"""Pages of those who are invited to sign."""
