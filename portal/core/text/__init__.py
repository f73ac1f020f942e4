"""Text: Markdown, CSV, folding for comparison, currencies."""
