"""What the office declared against what the project computes."""
