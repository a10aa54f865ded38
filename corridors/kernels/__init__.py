"""Number crunching on plain arrays: no geography, no files, no networkx."""
