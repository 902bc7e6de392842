"""Other renderers, for the load test."""
