"""Mirakl -> rows: fetched by displays, mapped, stored."""
