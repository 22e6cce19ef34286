"""The pages of the registration, one per step."""
