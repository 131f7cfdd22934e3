"""Reads the ledger and draws: tables, one HTML page, Markdown, JSON, CSV. Never writes the ledger."""
