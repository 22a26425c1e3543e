"""Foreign forms: built from YAML with their truths beside, and compared with what kesu understands of them."""
