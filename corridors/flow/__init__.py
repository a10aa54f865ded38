"""Transit flow: many kinds of traveller, each on the path that it believes best."""
