"""The map: its colours and legend, the Folium figure, and the parcels of a view as bytes for the browser."""
