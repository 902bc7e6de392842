"""Tests that need Python alone."""
