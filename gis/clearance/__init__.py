"""Hectares: areas, the partition into classes, the balance, totals and the curve. Pure: no file, no clock."""
