"""AWS on this machine: moto's whole server, with what the template makes in it."""
