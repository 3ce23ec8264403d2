"""The way from each schema version to the next, by alembic; run by `gis.store.migrate`."""
