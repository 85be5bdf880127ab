"""Outlook.com and Microsoft 365 through Microsoft Graph: REST over httpx."""

from connectors.outlook.connector import OutlookConnector
from connectors.outlook.settings import GRAPH, OutlookSettings

__all__ = ["GRAPH", "OutlookConnector", "OutlookSettings"]
