"""The page on which anybody checks a signed document."""
