"""Faults on the real thing: a street at work, one fault after the other, and a count of what became of its orders."""
