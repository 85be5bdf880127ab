"""Outlook.com and Microsoft 365 through Microsoft Graph: REST over httpx."""

from connectors.outlook.settings import GRAPH, OutlookSettings

__all__ = ["GRAPH", "OutlookSettings"]
