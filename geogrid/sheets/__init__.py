"""Printable sheets of a plan: the public notice of a unit and the plate of a stairwell, laid out by Typst on A3 to A5 as PDF, PNG or SVG.

Drawn data go in, bytes come out: no project is read here. Names are handed to the templates as data (JSON), never as markup.
"""
