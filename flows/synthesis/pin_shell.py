"""Core behind four pins.

Every port then fits into every package and starts or ends at a register.
"""

from amaranth import Shape
from amaranth.lib import wiring
from amaranth.lib.wiring import In

__all__ = ["INSTANCE", "SHELL", "pin_shell"]

#: Names of the shell's module, and of the core in it.
SHELL = "pins"
INSTANCE = "inside"

_CLOCK = "aclk"


def pin_shell(component: wiring.Component, name: str) -> str:
    """Return the Verilog of a module ``pins`` around the module ``name``, which has the ports of ``component``.

    The inputs are a shift register behind the pin ``serial_in``. The outputs are registered, and loaded from
    there, all at once with ``capture``, into a shift register before the pin ``serial_out``.
    """
    bits = {True: 0, False: 0}
    connections = [f".{_CLOCK}({_CLOCK})"]
    for port, member in component.signature.members.items():
        if port == _CLOCK:
            continue
        is_input = member.flow is In
        start, width = bits[is_input], Shape.cast(member.shape).width
        bits[is_input] += width
        bus = "inputs" if is_input else "ports"
        connections.append(f".{port}({bus}[{start + width - 1}:{start}])")
    inputs, outputs = bits[True], bits[False]
    return f"""module {SHELL}(input {_CLOCK}, input serial_in, input capture, output serial_out);
  reg [{inputs - 1}:0] inputs;
  wire [{outputs - 1}:0] ports;
  reg [{outputs - 1}:0] outputs, chain;
  assign serial_out = chain[0];
  always @(posedge {_CLOCK}) begin
    inputs <= {{inputs, serial_in}};
    outputs <= ports;
    chain <= capture ? outputs : chain >> 1;
  end
  \\{name} {INSTANCE} ({", ".join(connections)});
endmodule
"""
