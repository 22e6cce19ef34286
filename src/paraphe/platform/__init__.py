"""The signing platform: people, firms, documents, signatures, evidence."""
