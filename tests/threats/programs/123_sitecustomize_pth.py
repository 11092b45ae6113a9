"""Leaves code for the next interpreter wherever one may look for it: sitecustomize, usercustomize, .pth files."""

import os
import site
import sys

import numpy as np

PAYLOAD = "print('LEAK: ran in another interpreter', flush=True)\n"
PLACES = [*sys.path, ".", "/tmp", "/submission", "/opt/autograder", site.getusersitepackages(), os.path.dirname(os.__file__),
          os.path.dirname(np.__file__), *site.getsitepackages()]
for place in PLACES:
    for name, text in (("sitecustomize.py", PAYLOAD), ("usercustomize.py", PAYLOAD), ("numpy.py", PAYLOAD),
                       ("AUTOGRADER_THREAT_LEFTOVER.pth", f"import sys; exec({PAYLOAD!r})\n")):
        try:
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, name), "w") as file:
                file.write(text)
        except OSError:
            pass


def affine_forward(x, w, b):
    return np.zeros((x.shape[0], w.shape[1])), None


def softmax(z):
    return np.zeros(z.shape)
