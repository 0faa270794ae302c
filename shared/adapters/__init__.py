"""One outside system per module; its errors become ours here."""
