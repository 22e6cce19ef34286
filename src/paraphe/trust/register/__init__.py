"""Serial numbers, certificates, statuses."""
