"""The weekly deck as PowerPoint: laid out by font metrics, drawn on a template that a plant may replace."""
