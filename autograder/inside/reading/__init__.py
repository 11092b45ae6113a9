"""The reader of uploads.

It knows archives, notebooks, sources and facts about them.
"""
