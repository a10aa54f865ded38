"""Tests of the steps of a study."""
