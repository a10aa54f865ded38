"""Comparisons with other programs, side by side on one machine."""
