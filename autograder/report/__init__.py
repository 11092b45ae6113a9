"""Reports: the model of a result, what a student may see of it, and renderers that turn it into text.

``model`` is the record, ``feedback`` the table of what students see, ``summary`` the batch; ``html``, ``index``,
``terminal`` and ``table`` are pure functions from these to text. ``text`` cleans foreign text, one function per sink.
"""
