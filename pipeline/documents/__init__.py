"""Word documents, mail texts and the board page, rendered from templates that plant people edit."""
