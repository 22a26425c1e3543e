"""Clean files and single flaws seeded into them: what the page checker is measured with."""
