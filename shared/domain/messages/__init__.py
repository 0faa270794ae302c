"""What people and the service itself ask for, one module per topic: what to look at, never what to write."""
