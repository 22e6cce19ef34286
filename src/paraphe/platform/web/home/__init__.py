"""The private space: what waits, what is under way, search."""
