"""The reader of uploads: archives, notebooks, sources and facts about them."""
