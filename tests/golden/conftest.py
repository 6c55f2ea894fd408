from hypothesis import settings

# The machine is shared: how long one example takes says nothing about it.
settings.register_profile("bayescim", deadline=None)
settings.load_profile("bayescim")
