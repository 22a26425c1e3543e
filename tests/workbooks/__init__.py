"""Workbooks of many producers and odd spellings, written to by us and looked at by programs that are not ours."""
