"""Picture of the course of training."""

from matplotlib import style
from matplotlib.figure import Figure

from golden.training import TrainingState

from ..base.pictures import STYLE

__all__ = ["draw_training"]

_SIZE = (7.2, 2.6)


def draw_training(state: TrainingState) -> Figure:
    """Draw cross-entropy and accuracy over the epochs, on the training images, augmented and each with one mask."""
    epochs = range(1, state.epoch + 1)
    with style.context(STYLE):
        figure = Figure(figsize=_SIZE, layout="constrained")
        loss, accuracy = figure.subplots(1, 2)
        loss.plot(epochs, state.losses)
        loss.set(title="cross-entropy in training, nats", xlabel="epoch", ylim=(0, None))
        accuracy.plot(epochs, [100 * each for each in state.accuracies])
        accuracy.set(title="accuracy in training, %", xlabel="epoch", ylim=(None, 100))
        return figure
