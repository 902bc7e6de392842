"""The same service with other renderers, for the load test."""
