"""Who may get or answer what, looked at when a message comes or leaves: rights, trust, restriction."""
