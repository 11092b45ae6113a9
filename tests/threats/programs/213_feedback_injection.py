"""Messages, output, class and function names carry HTML, scripts, terminal sequences, formulas, bidi marks and NULs."""

import numpy as np

EVIL = (
    "<script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}{% raw %}</pre></style><svg/onload=alert(3)>"
    "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x9b31m\x00\x08\r=cmd|'/c calc'!A1\n=HYPERLINK(\"http://x\")\n@SUM(1)\n+1\n-1\t|"
    "\u202eevil\u2066\u200f\ufeff\ud800\u2028&lt;b&gt;`<b>`\"'><a href=javascript:alert(4)>"
)
print(EVIL.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))

Evil = type("<script>alert(5)</script>\x1b[31m=1+1", (ValueError,), {"__module__": EVIL})


def affine_forward(x, w, b):
    print(EVIL.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    error = Evil(EVIL)
    error.add_note(EVIL)
    raise error


affine_forward.__code__ = affine_forward.__code__.replace(co_name="<script>alert(6)</script>\x1b[31m", co_qualname=EVIL)


def softmax(z):
    return type(EVIL.replace("\ud800", "").replace("\0", ""), (), {"__len__": lambda self: 3})()
