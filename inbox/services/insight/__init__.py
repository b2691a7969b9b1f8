"""What is measured: waits, and the figures made of them."""
