"""What the firm sets for itself, its membership, its leaving."""
