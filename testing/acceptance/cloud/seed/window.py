"""The seeded month. It is fixed and over, so every run knows the same truth."""
import datetime

START = datetime.datetime(2026, 9, 1)
END = datetime.datetime(2026, 10, 1)
