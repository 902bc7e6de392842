"""Makes the pages of photo books: tiles to print files and previews, in a store."""
