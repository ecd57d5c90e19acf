"""The built-in schemes: one TOML file each."""
