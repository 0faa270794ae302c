"""What the functions are made of: which packages, under which licences, with which known weaknesses."""
