"""Collections of signatures: drafts, signers, ceremonies, templates."""
