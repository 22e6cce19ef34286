"""What an auditor asks: is the journal whole, is everything that was issued in it, and nothing else."""
