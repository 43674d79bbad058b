"""The rights of whom a case is about: what is kept, why, access, correction, restriction."""
