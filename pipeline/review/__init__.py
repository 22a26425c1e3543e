"""The period review as people keep it: a workbook with native charts and pivot-ready tables."""
