"""Tests of what the program writes."""
