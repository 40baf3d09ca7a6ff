"""Accounts and contacts, their sites, the lists they are on."""
