"""The private space: a person's own documents and their signature."""
