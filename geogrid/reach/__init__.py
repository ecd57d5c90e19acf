"""Reach: who is served by stations, what cameras see, where patrols went; frames and arrays in, values out."""
