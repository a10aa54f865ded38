"""Tests of corridors.reinforcement."""
