"""What every page is drawn with: form, session, page, style."""
