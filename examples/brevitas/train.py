"""Train a network of Brevitas' examples and export it by both exporters of PyTorch.

Needs brevitas 0.13, onnxoptimizer and onnxscript beside this repository's packages, and Fashion-MNIST for TFC, SFC and
LFC, CIFAR-10 for CNV:

    pip install brevitas==0.13.4 onnxoptimizer onnxscript
    python examples/brevitas/train.py TFC -o build/brevitas --epochs 30
"""

import argparse
import configparser
import pathlib
import time

import brevitas_examples.bnn_pynq as examples
import onnx
import torch
from brevitas.export import export_qonnx
from brevitas_examples.bnn_pynq.models import CNV, model_impl
from brevitas_examples.bnn_pynq.models.losses import SqrHingeLoss

from golden.data import load
from hdl.config import CoreConfig

#: Class of the model, configuration of ours that names the data set, and shape of an input.
NETWORKS = {
    "TFC": ("FC", "fashion", (1, 28, 28)),
    "SFC": ("FC", "fashion", (1, 28, 28)),
    "LFC": ("FC", "fashion", (1, 28, 28)),
    "CNV": ("CNV", "vgg", (3, 32, 32)),
}

BATCH = 100
RATE = 0.02
WHITE = 255
NARROWER = 8


def build(name):
    """Return the network ``name``, of 1-bit weights and activations, as Brevitas has it."""
    configuration = configparser.ConfigParser()
    configuration.read(pathlib.Path(examples.__file__).parent / "cfg" / f"{name.lower()}_1w1a.ini")
    return model_impl[NETWORKS[name][0]](configuration)


def reals(pixels, shape):
    """Return images of bytes u as inputs u / 255 in the order (images, channels, height, width)."""
    channels, height, width = shape
    return (pixels.float() / WHITE).reshape(-1, height, width, channels).permute(0, 3, 1, 2)


def make_narrow():
    """Divide the widths of CNV by 8, for a file that is small enough for a test."""
    CNV.CNV_OUT_CH_POOL = [(channels // NARROWER, pooled) for channels, pooled in CNV.CNV_OUT_CH_POOL]
    CNV.INTERMEDIATE_FC_FEATURES = [(a // NARROWER, b // NARROWER) for a, b in CNV.INTERMEDIATE_FC_FEATURES]
    CNV.LAST_FC_IN_FEATURES //= NARROWER


@torch.no_grad()
def accuracy(network, pixels, labels, shape):
    """Return the accuracy in evaluation mode."""
    network.eval()
    parts = zip(pixels.split(BATCH), labels.split(BATCH), strict=True)
    right = sum(int((network(reals(part, shape)).argmax(dim=1) == own).sum()) for part, own in parts)
    return right / len(labels)


def train(network, data, shape, epochs):
    """Train with the loss and the optimizer of Brevitas' example, the rate falling to 0 along a cosine."""
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    images = len(data.train_pixels)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs * (images // BATCH))
    loss_of = SqrHingeLoss()
    for epoch in range(epochs):
        network.train()
        start, total = time.monotonic(), 0.0
        for chosen in torch.randperm(images).split(BATCH)[: images // BATCH]:
            wanted = torch.full((len(chosen), 10), -1.0)
            wanted[torch.arange(len(chosen)), data.train_labels[chosen]] = 1.0
            optimizer.zero_grad()
            loss = loss_of(network(reals(data.train_pixels[chosen], shape)), wanted)
            loss.backward()
            optimizer.step()
            network.clip_weights(-1, 1)
            schedule.step()
            total += loss.item()
        print(f"epoch {epoch + 1}: loss {total / (images // BATCH):.4f}, {time.monotonic() - start:.1f} s", flush=True)


@torch.no_grad()
def randomize(network, shape):
    """Give all norms statistics of random images, and random factors of both signs, instead of a training."""
    network.train()
    for _ in range(10):
        network(torch.rand(BATCH, *shape))
    for module in network.modules():
        if hasattr(module, "running_mean"):
            module.weight.normal_()
            module.bias.normal_(std=0.3)


def without_traces(path):
    """Remove where each node came from, which tells the paths of this machine; all weights are in the file itself."""
    model = onnx.load(path)
    for part in (model.graph, *model.graph.node, *model.graph.input, *model.graph.value_info, *model.graph.initializer):
        part.ClearField("doc_string")
        part.ClearField("metadata_props")
    for key in ("doc_string", "metadata_props"):
        model.ClearField(key)
    onnx.save(model, path)
    path.with_name(f"{path.name}.data").unlink(missing_ok=True)


def main():
    """Train, measure, export."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("-o", "--output", type=pathlib.Path, default=pathlib.Path("build/brevitas"))
    parser.add_argument("--data", type=pathlib.Path, help="directory of the data set")
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--narrow", action="store_true", help="CNV with an eighth of its widths")
    parser.add_argument("--random", action="store_true", help="random numbers instead of a training")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    _, configuration, shape = NETWORKS[arguments.network]
    if arguments.narrow:
        make_narrow()
    torch.manual_seed(arguments.seed)
    network = build(arguments.network)
    if arguments.random:
        randomize(network, shape)
    else:
        data = load(CoreConfig.load(configuration), arguments.data)
        train(network, data, shape, arguments.epochs)
        print(f"test accuracy {accuracy(network, data.test_pixels, data.test_labels, shape):.2%}")
    arguments.output.mkdir(parents=True, exist_ok=True)
    stem = arguments.output / f"{'narrow_' * arguments.narrow}{arguments.network.lower()}_1w1a"
    torch.save(network.state_dict(), stem.with_suffix(".pt"))
    network.eval()
    for exporter, dynamo in (("torchscript", False), ("dynamo", True)):
        path = stem.with_name(f"{stem.name}_{exporter}.onnx")
        export_qonnx(network, args=torch.zeros(1, *shape), export_path=str(path), dynamo=dynamo)
        without_traces(path)
        print(path)


if __name__ == "__main__":
    main()
