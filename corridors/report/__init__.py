"""The maps that a person looks at: one HTML file that needs no network, and one picture."""
