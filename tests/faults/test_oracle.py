"""The oracle itself: a deploy that does wrong must not get past it."""
