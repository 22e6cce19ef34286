"""A log for the tests of the chain."""
