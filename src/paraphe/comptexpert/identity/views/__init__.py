"""Pages and endpoints of Comptexpert."""
