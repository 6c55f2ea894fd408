"""Shape of the network."""

import functools
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .feature_map import FeatureMap, Window
from .section import Index, PositiveInt, Section, Size

__all__ = ["ConvolutionConfig", "NetworkConfig"]

#: Sides of a window that the hardware supports.
Kernel = Literal[1, 3, 5, 7, 9, 11]


class ConvolutionConfig(Section):
    """A convolution with its neurons.

    Window, crossbar, residual, thresholds, pooling, in this order.
    """

    channels: Size
    """Output channels."""

    kernel: Kernel = 3
    """Side of the window."""

    stride: Literal[1, 2] = 1
    """Positions from one window to the next."""

    padding: Index | None = None
    """Positions of the border on each side, which are −1; without it kernel // 2, which keeps the size at stride 1."""

    pool: Literal[1, 2] = 1
    """Side of the square of activations of which the largest is kept; 1 for all of them."""

    skip: Index | None = None
    """Convolution whose activations are added before the thresholds."""

    skip_gain: PositiveInt = 8
    """Weight of an added activation, in units of one product of the convolution."""

    @property
    def border(self) -> int:
        """Positions of the border on each side."""
        return self.kernel // 2 if self.padding is None else self.padding


class NetworkConfig(Section):
    """Shape of the network."""

    inputs: Annotated[int, Field(strict=True, ge=2, le=2**20)]
    """Pixels of one input, all channels counted."""

    input_bits: Annotated[int, Field(strict=True, ge=1, le=8)] = 1
    """Bits B of a pixel, each read as one bipolar bit plane."""

    image: tuple[PositiveInt, PositiveInt, PositiveInt] | None = None
    """Height, width and channels of the input; needed by convolutions."""

    convolutions: Annotated[tuple[ConvolutionConfig, ...], Field(max_length=32)] = ()
    """Convolutions, first to last."""

    hidden: Annotated[tuple[Size, ...], Field(max_length=16)] = ()
    """Neurons of each hidden layer that sees all outputs of the layer before."""

    classes: Size
    """Outputs of the last layer."""

    @model_validator(mode="after")
    def _check_shape(self) -> Self:
        if not self.convolutions and not self.hidden:
            raise ValueError("hidden must have at least 1 layer where there is no convolution, not 0")
        if self.convolutions and self.image is None:
            raise ValueError("image must be [height, width, channels] where there are convolutions, not missing")
        if self.image is not None:
            height, width, channels = self.image
            if self.inputs != height * width * channels:
                raise ValueError(
                    f"inputs must be {height * width * channels} for an image of {height} × {width} × {channels}, "
                    f"not {self.inputs}"
                )
        for index, (convolution, window) in enumerate(zip(self.convolutions, self.windows, strict=True)):
            self._check_convolution(f"convolutions.{index}", convolution, window)
            if convolution.skip is not None:
                self._check_skip(index, convolution.skip)
        return self

    def _check_convolution(self, name: str, convolution: ConvolutionConfig, window: Window) -> None:
        side = min(window.source.height, window.source.width) + 2 * window.padding
        if convolution.border > convolution.kernel // 2:
            raise ValueError(
                f"{name}.padding must be at most {convolution.kernel // 2} for kernel {convolution.kernel}, "
                f"not {convolution.border}"
            )
        if convolution.kernel > side:
            raise ValueError(
                f"{name}.kernel must be at most {side} for a map of {window.source} with padding {window.padding}, "
                f"not {convolution.kernel}"
            )
        if window.height % convolution.pool or window.width % convolution.pool:
            raise ValueError(
                f"{name}.pool must divide the height and the width of {window.height} × {window.width}, "
                f"not be {convolution.pool}"
            )

    def _check_skip(self, index: int, skip: int) -> None:
        name = f"convolutions.{index}.skip"
        if skip >= index:
            raise ValueError(f"{name} must be a convolution before this one (less than {index}), not {skip}")
        window = self.windows[index]
        shape = FeatureMap(height=window.height, width=window.width, channels=self.convolutions[index].channels)
        if self.maps[skip] != shape:
            raise ValueError(
                f"{name} must be a convolution that gives {shape}, not {skip}, which gives {self.maps[skip]}"
            )
        for between in range(skip + 1, index + 1):
            if self.convolutions[between].stride != 1 or (between < index and self.convolutions[between].pool != 1):
                raise ValueError(
                    f"{name} must be a convolution from which on nothing changes the size, not {skip}: "
                    f"convolution {between} does"
                )

    @functools.cached_property
    def windows(self) -> tuple[Window, ...]:
        """Window of each convolution."""
        if self.image is None:
            return ()
        height, width, channels = self.image
        source = FeatureMap(height=height, width=width, channels=channels, bits=self.input_bits)
        windows = []
        for convolution in self.convolutions:
            window = Window(
                source=source, kernel=convolution.kernel, stride=convolution.stride, padding=convolution.border
            )
            windows.append(window)
            source = FeatureMap(
                height=window.height // convolution.pool,
                width=window.width // convolution.pool,
                channels=convolution.channels,
            )
        return tuple(windows)

    @property
    def maps(self) -> tuple[FeatureMap, ...]:
        """Activations that each convolution gives, pooled."""
        return tuple(
            FeatureMap(
                height=window.height // convolution.pool,
                width=window.width // convolution.pool,
                channels=convolution.channels,
            )
            for convolution, window in zip(self.convolutions, self.windows, strict=True)
        )

    @property
    def features(self) -> int:
        """Inputs of the first layer that is not a convolution."""
        return self.maps[-1].size if self.convolutions else self.inputs
