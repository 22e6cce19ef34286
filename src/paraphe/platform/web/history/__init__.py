"""Who did what when, for a document and for the firm, from the evidence log."""
