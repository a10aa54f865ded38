"""Tests of corridors.layers."""
