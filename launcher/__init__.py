"""What start.py is made of: standard library only, and readable by Python 3.8."""
