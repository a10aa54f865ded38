"""Tests of what posts risk."""
