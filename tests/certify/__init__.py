"""Certification of the reading of tick boxes: long, seeded, resumable, apart from the tests."""
