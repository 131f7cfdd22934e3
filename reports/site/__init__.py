"""The static site of a run: pages that search engines read, data, a feed, badges."""
