"""Reads the ledger and draws it: tables, a page, Markdown, JSON, CSV. Never writes the ledger."""
