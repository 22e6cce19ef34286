"""The door of the credit room."""
