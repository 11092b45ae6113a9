"""Honest: exported from a notebook, with its magics and shell commands as calls and as they were."""

# In[1]:
get_ipython().system("pip install numpy")
get_ipython().run_line_magic("matplotlib", "inline")
!pip install numpy
%load_ext autoreload
import numpy as np


# In[2]:
def affine_forward(x, w, b):
    return x @ w + b, (x, w, b)


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)
