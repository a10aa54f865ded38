"""Values of established programs, held to 1e-9."""
