"""Interdiction on plain arrays."""
