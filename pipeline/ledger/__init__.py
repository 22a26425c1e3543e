"""Reading any plant's ledger workbook, writing our cells back, and the blank ledger template."""
