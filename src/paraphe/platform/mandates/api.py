"""The door of the mandates room."""
