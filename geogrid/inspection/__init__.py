"""What is in the files that somebody brings: roles, columns, places, faults, and a recipe to start from."""
