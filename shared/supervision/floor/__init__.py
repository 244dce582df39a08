"""The list of active calls: read from Ytel by one function at a time, held for all, and served in pages."""
