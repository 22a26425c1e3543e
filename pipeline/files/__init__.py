"""Files on a share: stable reading, swapping without losing a save, placing documents, names and limits."""
