"""The paraphe command."""
