"""The demo plant: an invented three months of complaints, typed day by day into a ledger workbook of our own."""
