"""The door of the firms room."""
