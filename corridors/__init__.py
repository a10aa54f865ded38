"""A geospatial toolkit for the analysis of border corridors."""
