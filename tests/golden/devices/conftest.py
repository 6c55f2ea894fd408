from pathlib import Path

import pytest
import torch

from golden.devices import MeasuredDevice, devices

#: A table of measurements that comes with the project.
MEASURED = Path(__file__).parents[3] / "examples/devices/measured.csv"

#: Every model, the table among them.
MODELS = {**devices(), "table": MeasuredDevice.load(MEASURED)}


def generator(seed=0):
    return torch.Generator().manual_seed(seed)


def spread(model, count=4):
    """Targets over the whole range."""
    return torch.linspace(*model.limits, count)


@pytest.fixture(params=sorted(MODELS))
def model(request):
    return MODELS[request.param]
