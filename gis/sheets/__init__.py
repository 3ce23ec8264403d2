"""An office's lists: which row and column of a sheet means what, and what each row then says."""
