"""The service: folium pages and a JSON API over one project file (`create_app`)."""

from web.app import create_app

__all__ = ["create_app"]
