"""Lossless reading and patching of Office packages at the level of zip members and XML bytes; no Office library."""
