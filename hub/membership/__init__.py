"""Becoming, being and ceasing to be a verified member of a law enforcement authority."""
