"""The command line, over the same Project as the pages."""
