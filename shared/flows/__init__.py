"""One story per function, told top to bottom over the ports."""
