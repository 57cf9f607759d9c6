"""Word documents, workbook and charts."""
