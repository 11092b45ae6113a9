"""M06-12: the encoder answers latent_dim numbers.

file: generative.py
loses: g8_example, g8_architecture, g8_training, g8_prior
"""


def build_vae(input_dim=64, latent_dim=4):
    import keras

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim)])
    return encoder, decoder
