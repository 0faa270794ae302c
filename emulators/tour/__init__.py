"""The demonstration: what it tells, and how it checks that it is so."""
