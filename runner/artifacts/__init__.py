"""The artifact store: the files that savers wrote and users gave, kept by their content's digest.

Owns the folder `artifacts` of a home. The ledger says which save an artifact came from.
"""
