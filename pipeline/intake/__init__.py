"""Incoming mail: raw bytes of any mail program to text, tables and files. Decides nothing; that is the rules' work."""
