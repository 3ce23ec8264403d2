"""The append-only ledger: entries, their chain, the fold to a state, rules and commands."""
