"""The doors' common half: requests in from HTTP and from the bus, answers and events out."""
