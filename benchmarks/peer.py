"""The peer's server: its page, and Leaflet from our own files, for no request leaves the machine."""

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles
from streamlit.starlette import App

from gis.web.assets import BASE, STATIC

app = App("peer_page.py", routes=[Mount(BASE, StaticFiles(directory=STATIC))])
