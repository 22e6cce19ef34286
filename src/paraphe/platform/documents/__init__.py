"""PDF documents and their versions."""
