"""What a marketplace is asked for beside its messages, and how it is doing."""
