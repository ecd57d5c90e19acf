"""The acceptance of the twelve systems: rows are made and asked by the commands and pages that users have; clauses judge what they answer."""
