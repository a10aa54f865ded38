"""Tests of the accumulated cost."""
