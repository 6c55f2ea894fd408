"""Golden model in PyTorch.

Trainable layers, lowering to integers, and the integer model that is exact to the bit.
"""
