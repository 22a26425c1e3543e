"""The journal: what a site intended, did and knows, in SQLite on the local disk, or in memory for a trial."""
