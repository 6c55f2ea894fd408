"""Table of the blocks in ``hdl/inputs``."""

from hdl.config import CoreConfig, Layer
from hdl.inputs import BankPair, Flatten, FrameBuffer, LineDriver, PixelBuffer, WindowBuffer

from .block import Block, of_config, of_layer
from .geometries import CORES, Geometry, When

__all__ = ["BLOCKS"]


def _takes_maps(config: CoreConfig) -> bool:
    return config.layers[0].window is not None


def _behind_neurons(config: CoreConfig, layer: Layer) -> Layer:
    # A first layer without a window has none: that of the layer after it.
    return layer if layer.window is not None else config.layers[max(layer.index, 1)]


BLOCKS = (
    Block(
        name="bank_pair",
        make=lambda _program, _layer: BankPair(),
        tests=9,
        geometries=CORES[:1],
    ),
    Block(
        name="pixel_buffer",
        make=of_config(PixelBuffer),
        tests=15,
        geometries=CORES[:3],
        exists=lambda config: not _takes_maps(config),
    ),
    Block(
        name="frame_buffer",
        make=of_config(FrameBuffer),
        tests=15,
        geometries=(
            Geometry("odd_maps"),
            Geometry("one_pixel", icarus=When.LONG),
            Geometry("drawn_maps", icarus=When.LONG),
        ),
        exists=_takes_maps,
    ),
    Block(
        name="window_buffer",
        make=of_layer(WindowBuffer),
        tests=10,
        geometries=(
            Geometry("residual", verilator=When.ALWAYS),
            Geometry("odd_maps", 1),
            Geometry("one_pixel", icarus=When.LONG),
        ),
        exists=_takes_maps,
    ),
    Block(
        name="line_driver",
        make=of_layer(LineDriver),
        tests=10,
        # In the last layer of `padded` there are several row tiles.
        geometries=(
            Geometry("smallest", 1),
            Geometry("padded", 1, verilator=When.ALWAYS),
            Geometry("padded", 2, verilator=When.ALWAYS),
            Geometry("random", -1, icarus=When.LONG),
        ),
        layer=_behind_neurons,
    ),
    Block(
        name="flatten",
        make=lambda program, _layer: Flatten(program.config, program.config.network.maps[-1]),
        tests=10,
        geometries=(Geometry("residual", verilator=When.ALWAYS),),
        exists=lambda config: any(layer.flattened is not None for layer in config.layers),
    ),
)
