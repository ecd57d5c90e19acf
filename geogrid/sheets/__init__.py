"""Printable sheets of a plan: notice of a unit, plate of a stairwell, register of a change, laid out by Typst on A3 to A5 as PDF, PNG or SVG.

Drawn data go in, bytes come out: no project is read here. Names are handed to the templates as data (JSON), never as markup.
"""
