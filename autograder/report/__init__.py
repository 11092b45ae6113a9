"""Reports and their renderers.

There is the model of a result, the part of it that a student may see, and renderers that turn it
into text.

``model`` is the record, ``feedback`` the table of what students see, ``summary`` the batch;
``html``, ``index``, ``terminal`` and ``table`` are pure functions from these to text. ``text``
cleans foreign text, one function per sink.
"""
