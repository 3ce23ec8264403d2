"""Disks and databases: the only place that touches them."""
