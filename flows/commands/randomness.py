"""``bayescim randomness``."""

from pathlib import Path
from typing import Annotated

import typer

from hdl.config import CoreConfig

from ..base.arguments import ConfigArgument, DataOption, JsonOption, OutputOption, PassesOption, ProgramOption
from ..base.console import progress, show
from ..base.products import Products

__all__ = ["randomness"]


def randomness(
    config: ConfigArgument = "digits",
    output: OutputOption = None,
    program: ProgramOption = None,
    data: DataOption = None,
    passes: PassesOption = None,
    tested: Annotated[int, typer.Option("--tested", metavar="N", min=64, help="Passes whose bits are tested.")] = 2**16,
    repeats: Annotated[
        int, typer.Option("--repeats", metavar="R", min=1, help="Repetitions with other bits of each source.")
    ] = 10,
    inputs: Annotated[int, typer.Option("--inputs", metavar="N", min=2, help="Test inputs at the most.")] = 1000,
    into: Annotated[
        Path | None,
        typer.Option(
            "--document",
            metavar="FILE",
            help="Document whose section `randomness CONFIG` is written, with a picture beside.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Test the mask bits of good and poor sources, and measure what poor ones do to accuracy, calibration and OOD
    detection of the trained network, into DIR/randomness.json, .svg and .png.
    """
    products = Products.at(CoreConfig.load(config), output)

    from golden.data.data import load
    from golden.randomness.self_test_limits import core_limits

    from ..base.files import make_directory, to_json, write_atomically
    from ..base.pictures import to_png, to_svg
    from ..base.provenance import provenance
    from ..base.sections import replace_section
    from ..road.generate import load_program
    from ..studies.randomness.picture import draw_effects
    from ..studies.randomness.self_test_table import render_limits, self_test_table
    from ..studies.randomness.show import randomness_tables, to_markdown
    from ..studies.randomness.study import effects, qualities

    chosen = products.config
    text = "" if into is None else replace_section(into.read_text(), f"randomness {chosen.name}", "")
    contents = load_program(products, program)
    dataset = load(chosen, data)
    drawn = chosen.bayes.passes if passes is None else passes
    tests = list(qualities(chosen, passes=tested))
    images, labels = dataset.test_pixels[:inputs], dataset.test_labels[:inputs]
    with progress(f"randomness of {chosen.name}") as advance:
        found = effects(contents, images, labels, passes=drawn, repeats=repeats, on_progress=advance)
    result = {
        "provenance": provenance(chosen),
        "inputs": len(images),
        "passes": drawn,
        "tested": tested,
        "repeats": repeats,
        "qualities": [{**vars(each), "repeats": each.repeats, "passed": each.passed} for each in tests],
        "effects": found,
        "self_test": core_limits(chosen),
    }
    figure = draw_effects(found)
    picture = to_svg(figure)
    write_atomically(products.directory / "randomness.json", to_json(result).encode())
    write_atomically(products.directory / "randomness.svg", picture)
    write_atomically(products.directory / "randomness.png", to_png(figure))
    if into is not None:
        pictures = make_directory(into.parent / "pictures")
        write_atomically(pictures / f"randomness_{chosen.name}.svg", picture)
        about = (
            f"The trained network on {len(images):,} test images, T = {drawn}, mean ± standard deviation over "
            f"{repeats} repetitions.\nAUROC of the predictive entropy: test images against the same turned by a "
            "quarter, and against uniform noise."
        )
        section = to_markdown(
            chosen.name, tests, found, passes=tested, about=about, picture=f"pictures/randomness_{chosen.name}.svg"
        )
        text = replace_section(text, f"randomness {chosen.name}", section)
        write_atomically(into, replace_section(text, "self-test", render_limits()).encode())
    show(result, [*randomness_tables(tests, found), self_test_table(chosen)], as_json=as_json)
