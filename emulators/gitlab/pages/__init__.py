"""Pages for people: what is in each project, and what its services did there. They only read."""
