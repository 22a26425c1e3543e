"""The decisions of the process, one a file: pure functions from rows, dates and settings to reasons and duties."""
