"""Blobs by content hash, sealed at rest."""
