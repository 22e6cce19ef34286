"""The comptexpert site."""
