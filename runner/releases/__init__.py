"""What the package index offers that the matrix does not have: asked, compared, written.

Owns nothing itself: `indexes` says where to ask, `pages` reads an answer, `offers` makes releases
of it, `comparison` compares, `rows` and `knowledge` say what to add, `edits` adds it to a text.
"""
