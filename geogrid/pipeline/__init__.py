"""The one place that knows the order: files → sources → ground → plan → findings → project."""
