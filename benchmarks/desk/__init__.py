"""A desk in production mode with a stub of Mirakl, and bare pages to compare it with."""
