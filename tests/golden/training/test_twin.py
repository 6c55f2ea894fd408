import pytest

from hdl.config import CoreConfig, config_twin
from hdl.config.schemes import DeterministicConfig


@pytest.mark.parametrize("name", CoreConfig.names())
def test_only_the_method_differs(name):
    config = CoreConfig.load(name)
    # Cached before the copy is made.
    assert config.hash
    assert config.layers
    twin = config_twin(config)
    assert twin.bayes.method == "none"
    assert twin.bayes == DeterministicConfig()
    assert twin.model_dump(exclude={"bayes"}) == config.model_dump(exclude={"bayes"})
    assert twin.hash != config.hash
    assert all(layer.choices == 1 for layer in twin.layers)
    assert config_twin(twin) == twin
