"""No business at all: money, dates, folding, keyset pages, jobs as rows, the house, assets, the security policy."""
