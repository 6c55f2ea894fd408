"""``bayescim map``."""

from pathlib import Path
from typing import Annotated

import typer

from ..base.arguments import ConfigArgument, JsonOption, OutputOption, PassesOption
from ..base.console import show
from ..base.products import Products

__all__ = ["map_"]


def map_(
    config: ConfigArgument,
    output: OutputOption = None,
    passes: PassesOption = None,
    cycles: Annotated[
        int | None,
        typer.Option("--cycles", metavar="N", help="Balance for N cycles per pass.", show_default="slowest layer"),
    ] = None,
    word_lines: Annotated[
        int | None,
        typer.Option("--word-lines", metavar="N", help="Balance for N word lines driven at a time in all arrays."),
    ] = None,
    into: Annotated[
        Path | None,
        typer.Option(
            "--document", metavar="FILE", help="Document whose section `map CONFIG` is written, with a picture beside."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Map the layers onto arrays, into DIR/map.json, .svg and .png: utilisation, clock cycles, bottleneck, storage."""
    products = Products.load(config, output)

    from ..base.files import make_directory, write_atomically
    from ..base.pictures import to_png, to_svg
    from ..base.provenance import provenance
    from ..base.sections import read_document, replace_section
    from ..mapping.mapping import map_core
    from ..mapping.mapping_picture import draw_mapping
    from ..mapping.mapping_record import MappingRecord
    from ..mapping.mapping_tables import mapping_tables, to_markdown

    name = products.config.name
    text = "" if into is None else replace_section(read_document(into), f"map {name}", "")
    mapping = map_core(products.config, passes=passes, cycles=cycles, word_lines=word_lines)
    figure = draw_mapping(mapping)
    picture = to_svg(figure)
    record = MappingRecord.of(
        {
            "provenance": provenance(products.config),
            "hardware": products.config.hardware.model_dump(mode="json"),
            "mapping": mapping,
        }
    )
    record.write(products.mapping)
    write_atomically(products.directory / "map.svg", picture)
    write_atomically(products.directory / "map.png", to_png(figure))
    if into is not None:
        pictures = make_directory(into.parent / "pictures")
        write_atomically(pictures / f"map_{name}.svg", picture)
        section = to_markdown(mapping, f"pictures/map_{name}.svg")
        write_atomically(into, replace_section(text, f"map {name}", section).encode())
    show(record, mapping_tables(mapping), as_json=as_json)
