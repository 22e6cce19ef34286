"""Settings of each site under test."""
