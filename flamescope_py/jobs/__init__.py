"""Background jobs: their states and the runner that bounds them."""
