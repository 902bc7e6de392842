"""Tests that need nginx, and a browser."""
