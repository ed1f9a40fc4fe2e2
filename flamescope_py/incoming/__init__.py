"""How files arrive in the profile directory: names, partial files, bounds."""
