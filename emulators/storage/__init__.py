"""A stand-in of Cloud Storage: the part of its JSON API that keeps, lists and gives back objects."""
