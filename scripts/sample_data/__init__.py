"""The steps that make the bundled Sinjar sample from published packages."""
