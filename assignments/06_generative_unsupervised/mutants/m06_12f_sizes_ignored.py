"""M06-12: the sizes are those of the defaults, whatever is asked for.

file: generative.py
loses: g8_example, g8_architecture
"""


_build_vae = build_vae


def build_vae(input_dim=64, latent_dim=4):
    return _build_vae(64, 4)
