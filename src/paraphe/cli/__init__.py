"""The paraphe command: starts and tends the sites from outside; it knows their settings, not their rooms."""
