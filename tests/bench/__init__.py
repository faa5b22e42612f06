"""Accuracy, speed and memory on rehearsed scans: run by ``make bench``, not by the tests."""
