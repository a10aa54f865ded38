"""Tests of corridors.scenario."""
