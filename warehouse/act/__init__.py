"""Campaigns as files in, checked; what /v1/config hands to devices under `act` out."""
