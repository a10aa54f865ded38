"""Tests of scenarios side by side."""
