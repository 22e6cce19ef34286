"""Pages of a person who is being enrolled."""
