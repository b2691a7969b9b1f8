"""Personal data of customers: where it is, its erasure, its export and its retention."""
