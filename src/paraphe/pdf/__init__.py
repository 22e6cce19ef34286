"""Open, inspect, prepare, finish, augment, validate, render PDF documents. No Django, no network."""
