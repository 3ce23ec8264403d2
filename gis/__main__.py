"""`python -m gis`."""

from gis.cli.main import run

if __name__ == "__main__":
    run()
