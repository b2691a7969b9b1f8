"""What `manage.py doctor` looks at: each check says what is well, what is not, and what to do."""
