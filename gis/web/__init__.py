"""The pages, the routes beside them, and the guard before both."""
