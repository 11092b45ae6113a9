"""M06-12: the decoder ends in a sigmoid, of which the loss takes another one.

file: generative.py
loses: g8_example, g8_architecture, g8_training, g8_prior
"""


def build_vae(input_dim=64, latent_dim=4):
    import keras

    layers = keras.layers
    encoder = keras.Sequential([keras.Input((input_dim,)), layers.Dense(64, "relu"), layers.Dense(2 * latent_dim)])
    decoder = keras.Sequential([keras.Input((latent_dim,)), layers.Dense(64, "relu"), layers.Dense(input_dim, "sigmoid")])
    return encoder, decoder
