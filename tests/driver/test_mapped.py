import struct

import pytest

from driver import MappedRegisters
from hdl.config import InputError
from hdl.contract import ADDRESS_WIDTH, Register

SIZE = 2**ADDRESS_WIDTH


@pytest.fixture
def memory(tmp_path):
    """A file in place of the memory of a machine, each word its own address."""
    path = tmp_path / "mem"
    path.write_bytes(struct.pack("<4096I", *range(0, 4 * SIZE, 4)))
    return path


@pytest.mark.parametrize("base", [0, SIZE, 3 * SIZE])
def test_registers_are_words_from_the_base_on(memory, base):
    before = memory.read_bytes()
    with MappedRegisters(base, memory) as registers:
        assert [registers.read(address) for address in (0, Register.STATUS, SIZE - 4)] == [
            base,
            base + Register.STATUS,
            base + SIZE - 4,
        ]
        registers.write(Register.SEED_LOW, 0x89ABCDEF)
        assert registers.read(Register.SEED_LOW) == 0x89ABCDEF
    place = base + Register.SEED_LOW
    assert memory.read_bytes() == before[:place] + bytes.fromhex("efcdab89") + before[place + 4 :]


def test_bad_accesses_are_refused(memory):
    registers = MappedRegisters(SIZE, memory)
    for address in (-4, 2, SIZE):
        for access in (registers.read, lambda address: registers.write(address, 0)):
            with pytest.raises(InputError, match=rf"^address must be a multiple of 4 below 0x1000, not {address}$"):
                access(address)
    for value in (-1, 2**32):
        with pytest.raises(InputError, match=rf"^value must be between 0 and 0xffffffff, not {value}$"):
            registers.write(0, value)
    registers.close()
    with pytest.raises(InputError, match=r"^registers must be open to be accessed, not closed$"):
        registers.read(0)


@pytest.mark.parametrize("base", [-SIZE, 4, "0"])
def test_bad_bases_are_refused(memory, base):
    with pytest.raises(InputError, match=rf"^base must be a multiple of 0x1000, not {base!r}$"):
        MappedRegisters(base, memory)


def test_what_cannot_be_mapped_is_refused(memory, tmp_path):
    for base, path in ((0, tmp_path / "missing"), (0, tmp_path), (4 * SIZE, memory)):
        with pytest.raises(InputError, match=rf"^path must be a file that can be mapped at {base:#x}, not "):
            MappedRegisters(base, path)
