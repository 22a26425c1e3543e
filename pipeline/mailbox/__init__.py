"""Mailboxes: one adapter a file, all of them exchanging raw MIME; composing is done once, for every backend."""
