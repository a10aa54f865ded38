"""Ensembles: the study again and again, over what is not known of its inputs."""
