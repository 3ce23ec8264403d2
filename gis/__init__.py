"""Cleared hectares per zone: parcels and zones joined with a ledger of clearance."""
