"""M06-12: the encoder itself draws, whenever it is asked.

file: generative.py
loses: g8_architecture
"""


_build_vae = build_vae


def build_vae(input_dim=64, latent_dim=4):
    import keras

    class Shaky(keras.layers.Layer):
        def call(self, z):
            return z + 0.05 * keras.random.normal(keras.ops.shape(z))

    encoder, decoder = _build_vae(input_dim, latent_dim)
    return keras.Sequential([encoder, Shaky()]), decoder
