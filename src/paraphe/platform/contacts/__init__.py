"""The address book of each firm."""
