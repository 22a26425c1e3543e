"""The packaged templates, found through importlib.resources; ``kesu init`` copies them for a plant to edit."""
