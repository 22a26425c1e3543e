"""Measured comparisons with what people would use instead; each program prints ratios of one run."""
