"""A second implementation, written from the text of docs/numerics.md alone, agrees with the test vectors that ship.

It imports nothing of this project and computes in plain Python integers, one bit, one cell and one pass at a time.
"""

import decimal
import json
from decimal import Decimal
from fractions import Fraction
from math import ceil
from pathlib import Path

import numpy as np
import pytest

VECTORS = Path(__file__).parents[1] / "docs/vectors"
REGISTERS = json.loads((VECTORS / "registers.json").read_text())
CASES = sorted(path.stem for path in VECTORS.glob("*.npz"))

METHODS = {
    "none",
    "scale-dropout",
    "affine-dropout",
    "spatial-dropout",
    "spin-dropout",
    "subset-vi",
    "ensemble",
    "sampled-weights",
}

#: Defaults of the fields that vectors leave to them.
DEFAULTS = {
    "network": {"input_bits": 1, "image": None, "convolutions": [], "hidden": []},
    "array": {"folding": []},
    "bayes": {"order": "plain", "levels": 8, "sets": 4, "weight_bits": 8, "sampling": "read", "generators": 1},
    "random": {"lfsr_width": 32, "draw_bits": 8, "units": 1, "source": "lfsr"},
    "predictive": {
        "probability_bits": 12,
        "entropy_bits": 12,
        "difference_bits": 6,
        "measure": "predictive-entropy",
        "threshold": None,
    },
}


def bits(number):
    """Return bits(n)."""
    return len(f"{number:b}") if number else 0


# Registers and draws


def polynomial_power(exponent, polynomial):
    """Return x^exponent modulo ``polynomial`` over GF(2); bit i is the factor of x^i."""
    result = 1
    for digit in f"{exponent:b}":
        squared = sum(1 << 2 * place for place in range(result.bit_length()) if result >> place & 1)
        result = squared << int(digit)
        while result.bit_length() >= polynomial.bit_length():
            result ^= polynomial << result.bit_length() - polynomial.bit_length()
    return result


def prime_factors(number):
    """Return the prime factors of ``number``, by division and then by Pollard's rho."""
    factors, waiting = set(), [number]
    while waiting:
        each = waiting.pop()
        small = next((prime for prime in range(2, 2000) if prime * prime <= each and each % prime == 0), None)
        if small is not None:
            factors.add(small)
            waiting.append(each // small)
        elif each > 1 and probably_prime(each):
            factors.add(each)
        elif each > 1:
            divisor = rho(each)
            waiting += [divisor, each // divisor]
    return factors


def probably_prime(number):
    """Return whether ``number`` of at most 64 bits is prime (Miller and Rabin, with bases that leave no doubt)."""
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    if number in bases:
        return True
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        power = pow(base, odd, number)
        if power not in (1, number - 1) and all(
            (power := power * power % number) != number - 1 for _ in range(twos - 1)
        ):
            return False
    return True


def rho(number):
    for constant in range(1, 100):
        slow = fast = 2
        divisor = 1
        while divisor == 1:
            slow = (slow * slow + constant) % number
            fast = (fast * fast + constant) % number
            fast = (fast * fast + constant) % number
            divisor = greatest_common_divisor(abs(slow - fast), number)
        if divisor != number:
            return divisor
    raise ArithmeticError(number)


def greatest_common_divisor(a, b):
    while b:
        a, b = b, a % b
    return a


def is_primitive(taps, primes):
    width = taps[0]
    polynomial = (1 << width) + sum(1 << width - tap for tap in taps)
    period = 2**width - 1
    return polynomial_power(period, polynomial) == 1 and all(
        polynomial_power(period // prime, polynomial) != 1 for prime in primes
    )


def latest_taps(width):
    """Return the taps of ``width`` by their rule: two, else four, primitive, the latest."""
    primes = prime_factors(2**width - 1)
    two = ((width, last) for last in range(width - 1, 0, -1))
    four = (
        (width, second, third, last)
        for second in range(width - 1, 0, -1)
        for third in range(second - 1, 0, -1)
        for last in range(third - 1, 0, -1)
    )
    for candidates in (two, four):
        for taps in candidates:
            if is_primitive(taps, primes):
                return taps
    raise ArithmeticError(width)


class Register:
    def __init__(self, width, state):
        self.width, self.state = width, state
        self.taps = next(each["taps"] for each in REGISTERS["registers"] if each["width"] == width)

    def shift(self):
        feedback = 0
        for stage in self.taps:
            feedback ^= self.state >> stage - 1 & 1
        self.state = (self.state << 1 | feedback) % 2**self.width

    def draw(self, k):
        for _ in range(k):
            self.shift()
        return self.state % 2**k


def shifted(width, state, shifts):
    """Return the state some shifts later: the register is linear, so powers of its matrix do."""
    columns = []
    for bit in range(width):
        register = Register(width, 1 << bit)
        register.shift()
        columns.append(register.state)

    def apply(matrix, value):
        image = 0
        for bit, column in enumerate(matrix):
            image ^= column * (value >> bit & 1)
        return image

    while shifts:
        if shifts & 1:
            state = apply(columns, state)
        columns = [apply(columns, column) for column in columns]
        shifts >>= 1
    return state


# The file and the configuration


class Layer:
    """One layer, with its places, its registers and its integers."""

    def __init__(self, core, index, inputs, outputs, **convolution):
        config = core.config
        self.index, self.N, self.M = index, inputs, outputs
        self.B = config["network"]["input_bits"] if index == 0 else 1
        self.last = False
        self.convolution = convolution or None
        self.V = convolution["out"][0] * convolution["out"][1] if convolution else 1
        self.skip = convolution.get("skip")
        self.skip_gain = convolution["skip_gain"] if self.skip is not None else 0
        self.P_max = self.N * (2**self.B - 1) + self.skip_gain
        array = config["array"]
        self.rows = array["rows"]
        self.rows_per_read = array["folding"][index] if array["folding"] else array["rows_per_read"]
        self.groups = ceil(Fraction(min(self.N, self.rows), self.rows_per_read))
        self.row_tiles = ceil(Fraction(self.N, self.rows))

    def place(self, n):
        """Return row tile, group and line of input n."""
        within = n % self.rows
        return n // self.rows, within // self.rows_per_read, within % self.rows_per_read


class Core:
    """Everything of a Program file, read with NumPy alone."""

    def __init__(self, path):
        with np.load(path, allow_pickle=False) as file:
            self.arrays = {name: file[name] for name in file.files}
        assert int(self.arrays["schema"]) == 1
        config = json.loads(self.arrays["config"].tobytes().decode())
        self.config = config | {
            section: defaults | config[section] for section, defaults in DEFAULTS.items() if config.get(section)
        }
        self.method = self.config["bayes"]["method"]
        self.S = self.config["bayes"]["sets"] if self.method == "ensemble" else 1
        self.layers = self._layers()
        self.layers[-1].last = True
        for layer in self.layers:
            layer.mask_bits = self._mask_bits(layer)
        self.L = sum(layer.mask_bits for layer in self.layers)
        self.integers = self._integers()
        self._seed_units()

    def _layers(self):
        network, layers = self.config["network"], []
        values = network["inputs"]
        source = network["image"]
        for fields in network["convolutions"]:
            kernel, stride = fields["kernel"], fields["stride"]
            padding = kernel // 2 if fields["padding"] is None else fields["padding"]
            out = [(side + 2 * padding - kernel) // stride + 1 for side in source[:2]]
            layers.append(
                Layer(
                    self,
                    len(layers),
                    kernel * kernel * source[2],
                    fields["channels"],
                    source=source,
                    out=out,
                    kernel=kernel,
                    stride=stride,
                    padding=padding,
                    pool=fields["pool"],
                    skip=fields["skip"],
                    skip_gain=fields["skip_gain"],
                )
            )
            source = [out[0] // fields["pool"], out[1] // fields["pool"], fields["channels"]]
            values = source[0] * source[1] * source[2]
        for outputs in (*network["hidden"], network["classes"]):
            layers.append(Layer(self, len(layers), values, outputs))
            values = outputs
        return layers

    def _mask_bits(self, layer):
        if self.method == "ensemble":
            return bits(self.S - 1) if layer.index else 0
        return {"scale-dropout": 1, "affine-dropout": 2}.get(self.method, 0) if not layer.last else 0

    def _integers(self):
        """Return the integers by the names of their arrays, weights unpacked."""
        found = {}
        for layer in self.layers:
            stored = self.arrays[f"weights_{layer.index}"]
            if self.method == "sampled-weights":
                assert stored.dtype == np.uint16
                found[f"weights_{layer.index}"] = stored.tolist()
                continue
            assert stored.dtype == np.uint8
            assert stored.shape[-2:] == (layer.M, -(-layer.N // 8))
            sets = stored.tolist() if stored.ndim == 3 else [stored.tolist()]
            assert len(sets) == (self.S if layer.index else 1)
            unpacked = [[[row[n // 8] >> n % 8 & 1 for n in range(layer.N)] for row in each] for each in sets]
            found[f"weights_{layer.index}"] = unpacked if stored.ndim == 3 else unpacked[0]
        others = {name: array.tolist() for name, array in self.arrays.items() if array.dtype.kind in "iu"}
        text = ("schema", "config", "config_hash", "provenance")
        return {name: values for name, values in others.items() if name not in text} | found

    def _seed_units(self):
        """Make all registers, in the order of their numbers."""
        random, bayes = self.config["random"], self.config["bayes"]
        self.k = bayes["weight_bits"] if self.method == "sampled-weights" else random["draw_bits"]
        counts = [min(random["units"], self.L)]
        for layer in self.layers:
            layer.J = 0
            if self.method in ("spatial-dropout", "spin-dropout", "subset-vi") and not layer.last:
                layer.J = min(random["units"], layer.M)
                counts.append(layer.J)
            elif self.method == "sampled-weights":
                layer.J = min(bayes["generators"], layer.M)
                counts.append(layer.row_tiles * layer.rows_per_read * layer.J)
            else:
                counts.append(0)
        units, width = max(sum(counts), 1), random["lfsr_width"]
        self.unit_seeds = [shifted(width, self.integers["seed"], 2**width // units * unit) for unit in range(units)]
        registers = iter([Register(width, state) for state in self.unit_seeds])
        self.mask_registers = [next(registers) for _ in range(counts[0])]
        for layer, count in zip(self.layers, counts[1:], strict=True):
            layer.registers = [next(registers) for _ in range(count)]

    # What is drawn

    def draw_mask(self):
        """Return the draws of the mask of the next pass, and the mask."""
        if not self.L:
            return [], []
        draws = []
        while len(draws) < self.L:
            # All registers draw together, also where there are fewer bits left.
            draws += [register.draw(self.k) for register in self.mask_registers]
        draws = draws[: self.L]
        return draws, [int(draw >= code) for draw, code in zip(draws, self.integers["codes"], strict=True)]

    def draw_channels(self, layer):
        """Return the draws of the next pass by drawing and channel."""
        drawings = layer.V if self.method == "spin-dropout" else 1
        steps = -(-layer.M // layer.J)
        found = []
        for _ in range(drawings):
            draws = [register.draw(self.k) for _ in range(steps) for register in layer.registers]
            found.append(draws[: layer.M])
        return found

    def choice(self, layer, mask):
        """Return q of the layer."""
        first = sum(each.mask_bits for each in self.layers[: layer.index])
        return sum(mask[first + bit] << bit for bit in range(layer.mask_bits))

    # Counts

    def vectors(self, layer, values):
        """Return the input vectors of a pass."""
        if layer.convolution is None:
            return [values]
        each = layer.convolution
        (height, width, channels), kernel = each["source"], each["kernel"]
        found = []
        for row in range(each["out"][0]):
            for col in range(each["out"][1]):
                vector = []
                for dy in range(kernel):
                    for dx in range(kernel):
                        y = row * each["stride"] - each["padding"] + dy
                        x = col * each["stride"] - each["padding"] + dx
                        inside = 0 <= y < height and 0 <= x < width
                        first = (y * width + x) * channels
                        vector += values[first : first + channels] if inside else [0] * channels
                found.append(vector)
        return found

    def counts_of(self, layer, vectors, q):
        """Return the agreements of each vector with fixed weights."""
        weights = self.integers[f"weights_{layer.index}"]
        weights = weights[q] if layer.index and self.S > 1 else weights
        return [
            [
                sum(
                    2**j * int((value >> j & 1) == w)
                    for j in range(layer.B)
                    for value, w in zip(vector, row, strict=True)
                )
                for row in weights
            ]
            for vector in vectors
        ]

    def drawn_counts(self, layer, vectors):
        """Return the agreements of each vector with weights that are drawn, and the draws of the first sweep."""
        again = self.config["bayes"]["sampling"] == "read"
        counts, draws, first = [[0] * layer.M for _ in vectors], None, None
        for number, vector in enumerate(vectors):
            for j in reversed(range(layer.B)):
                if draws is None or again:
                    # By unit and group; all registers draw in every read.
                    draws = [[register.draw(self.k) for _ in range(layer.groups)] for register in layer.registers]
                    first = first or draws
                for m in range(layer.M):
                    for n, value in enumerate(vector):
                        tile, group, line = layer.place(n)
                        d = draws[(tile * layer.rows_per_read + line) * layer.J + m % layer.J][group]
                        limit = d - 1 if d == 2**self.k - 1 else d
                        w = int(limit < self.integers[f"weights_{layer.index}"][m][n])
                        counts[number][m] += 2**j * int((value >> j & 1) == w)
        return counts, first

    # Neurons

    def fire(self, layer, counts, q, draws):
        """Return the activations of all positions, before pooling."""
        own = {
            name: self.integers[f"{name}_{layer.index}"]
            for name in ("thresholds", "flips", "gains", "constants")
            if f"{name}_{layer.index}" in self.integers
        }
        if self.method == "affine-dropout":
            affine = [
                [own["gains"][m][q] * count + own["constants"][m][q] for m, count in enumerate(position)]
                for position in counts
            ]
            total, number = sum(map(sum, affine)), layer.V * layer.M
            return [[int(number * value >= total) for value in position] for position in affine]
        fired = []
        for number, position in enumerate(counts):
            drawing = draws[number if len(draws) > 1 else 0] if draws else None
            fired.append([self._threshold(layer, own, m, count, q, drawing) for m, count in enumerate(position)])
        return fired

    def _threshold(self, layer, own, m, count, q, drawing):
        thresholds, flips = own["thresholds"][m], own["flips"][m]
        if self.method == "ensemble":
            return int(count >= thresholds[q]) ^ flips[q]
        if self.method == "subset-vi":
            level = sum(drawing[m] >> bit & 1 for bit in range(self.config["bayes"]["levels"] - 1))
            return int(count >= thresholds[level]) ^ flips
        if self.method in ("spatial-dropout", "spin-dropout"):
            kept = int(drawing[m] >= self.integers["codes"][layer.index])
            return (int(count >= thresholds[0]) ^ flips) & kept
        return int(count >= thresholds[q]) ^ flips

    def pooled(self, layer, fired):
        each = layer.convolution
        if each is None or each["pool"] == 1:
            return fired
        height, width = each["out"]
        return [
            [
                int(any(fired[(2 * row + dy) * width + 2 * col + dx][m] for dy in range(2) for dx in range(2)))
                for m in range(layer.M)
            ]
            for row in range(height // 2)
            for col in range(width // 2)
        ]

    # A pass

    def single_pass(self, pixels, mask):
        """Return counts, activations, logits and the draws of layers; lists of positions in a convolution."""
        values, counts, activations, layer_draws = list(pixels), [], [], []
        for layer in self.layers:
            q, draws = self.choice(layer, mask), None
            vectors = self.vectors(layer, values)
            if self.method == "sampled-weights":
                own, first = self.drawn_counts(layer, vectors)
                layer_draws.append(first)
            else:
                own = self.counts_of(layer, vectors, q)
                if layer.J:
                    draws = self.draw_channels(layer)
                    layer_draws.append(draws)
            if layer.skip is not None:
                added = activations[layer.skip]
                own = [
                    [P + layer.skip_gain * a for P, a in zip(*each, strict=True)]
                    for each in zip(own, added, strict=True)
                ]
            assert all(0 <= P <= layer.P_max for position in own for P in position)
            counts.append(own)
            if not layer.last:
                activations.append(self.pooled(layer, self.fire(layer, own, q, draws)))
                values = [a for position in activations[-1] for a in position]
        return counts, activations, self.logits(counts[-1][0]), layer_draws

    def logits(self, counts):
        width = self.config["logits"]["width"]
        found = []
        for c, count in enumerate(counts):
            z = 2 * count - self.layers[-1].P_max
            shift = self.integers["shifts"][c]
            half = 2 ** (shift - 1) if shift else 0
            value = (self.integers["gains"][c] * z + self.integers["offsets"][c] + half) >> shift
            found.append(min(max(value, -(2 ** (width - 1))), 2 ** (width - 1) - 1))
        return found

    # Passes with weights

    def place_of(self, mask):
        """Return the number that the bits of a mask make."""
        place = 0
        for layer in self.layers:
            place = place << layer.mask_bits | self.choice(layer, mask)
        return place

    def weighted_masks(self, exact):
        """Return masks and weights of the next input in the order of places, and the draws."""
        masks = [[number >> bit & 1 for bit in range(self.L)] for number in range(2**self.L)]
        masks.sort(key=self.place_of)
        weights, draws = [0] * len(masks), []
        if exact:
            for index, mask in enumerate(masks):
                weights[index] = 1
                for bit, code in zip(mask, self.integers["codes"], strict=True):
                    weights[index] *= 2**self.k - code if bit else code
            assert sum(weights) == 2 ** (self.k * self.L)
        else:
            for _ in range(self.config["bayes"]["passes"]):
                drawn, mask = self.draw_mask()
                draws.append(drawn)
                weights[masks.index(mask)] += 1
        return [(mask, weight) for mask, weight in zip(masks, weights, strict=True) if weight], draws

    # What is made of the passes

    def results(self, logits, weights):
        classes = range(len(logits[0]))
        sums = [sum(w * y[c] for w, y in zip(weights, logits, strict=True)) for c in classes]
        votes = [0 for _ in classes]
        for weight, y in zip(weights, logits, strict=True):
            votes[y.index(max(y))] += weight
        found = {
            "sums": sums,
            "squares": [sum(w * y[c] ** 2 for w, y in zip(weights, logits, strict=True)) for c in classes],
            "votes": votes,
            "class": sums.index(max(sums)),
        }
        return found | self.predictive(logits, weights) if self.config.get("predictive") else found

    def predictive(self, logits, weights):
        section, fraction, classes = self.config["predictive"], self.config["logits"]["fraction"], len(logits[0])
        b, eta = section["probability_bits"], section["entropy_bits"]
        fine = b + bits(classes - 1) + 1
        dropped = max(fraction - section["difference_bits"], 0)
        total = sum(weights)

        def phi(p):
            return half_up(surprise(Fraction(p, 2**b)) * 2**eta) if 0 < p < 2**b else 0

        def mean(values):
            return (sum(w * value for w, value in zip(weights, values, strict=True)) + total // 2) // total

        each = []
        for y in logits:
            indices = [(max(y) - value + 2**dropped // 2) >> dropped for value in y]
            e = [half_up(exponential(Fraction(-index, 2 ** (fraction - dropped))) * 2**fine) for index in indices]
            reciprocal = 2 ** (2 * fine) // sum(e)
            each.append([(value * reciprocal + 2 ** (2 * fine - b - 1)) >> (2 * fine - b) for value in e])
        probability = [mean([p[c] for p in each]) for c in range(classes)]
        entropy = sum(map(phi, probability))
        expected = mean([sum(map(phi, p)) for p in each])
        measures = {
            "predictive_entropy": entropy,
            "expected_entropy": expected,
            "mutual_information": max(entropy - expected, 0),
            "error_probability": 2**b - max(probability),
        }
        threshold = 2 ** bits(max(classes * ceil(Fraction(36788, 100000) * 2**eta), 2**b) + 1) - 1
        measure = section["measure"].replace("-", "_")
        if section["threshold"] is not None:
            steps = b if measure == "error_probability" else eta
            threshold = min(half_even(Fraction(section["threshold"]) * 2**steps), threshold)
        return measures | {"probability": probability, "unknown": measures[measure] >= threshold}


CONTEXT = decimal.Context(prec=60)


def exponential(value):
    return CONTEXT.exp(CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator)))


def surprise(value):
    """Return −x ln x."""
    x = CONTEXT.divide(Decimal(value.numerator), Decimal(value.denominator))
    return -CONTEXT.multiply(x, CONTEXT.ln(x))


def half_up(value):
    return int(value.to_integral_value(decimal.ROUND_HALF_UP, CONTEXT))


def half_even(value):
    below, rest = divmod(value, 1)
    return int(below) + int(rest > Fraction(1, 2) or (rest == Fraction(1, 2) and below % 2 == 1))


def as_text(values):
    """Return bits as the vectors have them: text, of several positions a list."""
    return ["".join(map(str, each)) for each in values]


def flat(layer, positions):
    return positions if layer.convolution is not None else positions[0]


@pytest.fixture(params=CASES)
def case(request):
    return json.loads((VECTORS / f"{request.param}.json").read_text()), Core(VECTORS / f"{request.param}.npz")


def test_every_method_has_vectors():
    methods = {Core(VECTORS / f"{name}.npz").method for name in CASES}
    assert methods == METHODS
    assert {path.stem for path in VECTORS.glob("*.json")} == {*CASES, "registers"}


@pytest.mark.parametrize("each", REGISTERS["registers"], ids=lambda each: str(each["width"]))
def test_registers(each):
    """Taps are those of the rule, and the state is that after so many single shifts."""
    assert tuple(each["taps"]) == latest_taps(each["width"])
    register = Register(each["width"], 1)
    for _ in range(REGISTERS["shifts"]):
        register.shift()
    assert register.state == each["state"] == shifted(each["width"], 1, REGISTERS["shifts"])


def test_all_widths_have_taps():
    assert [each["width"] for each in REGISTERS["registers"]] == list(range(8, 65))


def test_a_register_visits_every_state_but_0():
    register, seen = Register(8, 1), []
    for _ in range(255):
        seen.append(register.state)
        register.shift()
    assert sorted(seen) == list(range(1, 256))
    assert register.state == 1


def test_the_program_file(case):
    """Every array, bit by bit, is what the vectors say in text; and the configuration is the one that they tell."""
    expected, core = case
    integers = dict(core.integers)
    for layer in core.layers:
        name = f"weights_{layer.index}"
        if core.method == "ensemble" and layer.index:
            integers[name] = [as_text(each) for each in integers[name]]
        elif core.method != "sampled-weights":
            integers[name] = as_text(integers[name])
    assert integers == expected["program"]
    for section, fields in expected["configuration"].items():
        found = core.config[section]
        assert (
            found == fields
            if isinstance(fields, str)
            else all(contains(found[name], value) for name, value in fields.items())
        )


def contains(found, told):
    """Return whether ``found`` is what was told, with defaults for what was not."""
    if isinstance(told, dict):
        return all(contains(found[name], value) for name, value in told.items())
    if isinstance(told, list) and told and isinstance(told[0], dict):
        return all(contains(*each) for each in zip(found, told, strict=True))
    return found == told


def test_drop_codes(case):
    """The random Programs have the codes of their configurations."""
    _, core = case
    steps = 2 ** core.config["random"]["draw_bits"]
    p = core.config["bayes"].get("p", [])
    if core.method == "affine-dropout":
        p = [each for each in p for _ in range(2)]
    if core.method == "ensemble":
        p = [0.5] * core.L
    assert core.integers["codes"] == [min(half_even(Fraction(each) * steps), steps - 1) for each in p]


def test_seeds(case):
    expected, core = case
    assert core.unit_seeds == expected["unit_seeds"]


def test_passes_and_results(case):
    """All that is drawn, counted, fired and made of it."""
    expected, core = case
    compared = 0
    for run in expected["runs"]:
        waiting = iter(run["passes"])
        for number, pixels in enumerate(expected["inputs"]):
            if core.config["bayes"]["order"] == "prefix":
                masks, draws = core.weighted_masks(run["exact"])
                assert run["exact"] or draws == run["draws"][number]
            else:
                masks = [None] * core.config["bayes"]["passes"]
            logits, weights = [], []
            for index, given in enumerate(masks):
                found = {"input": number}
                if given is None:
                    draws, mask = core.draw_mask()
                    found["pass"] = index
                    weights.append(1)
                    if core.L:
                        found |= {"draws": draws, "mask": "".join(map(str, mask))}
                else:
                    mask, weight = given
                    found |= {"mask": "".join(map(str, mask)), "weight": weight}
                    weights.append(weight)
                counts, activations, y, layer_draws = core.single_pass(pixels, mask)
                if layer_draws:
                    found["layer_draws"] = layer_draws
                found["counts"] = [flat(*each) for each in zip(core.layers, counts, strict=True)]
                found["activations"] = [
                    flat(layer, as_text(each)) for layer, each in zip(core.layers, activations, strict=False)
                ]
                found["logits"] = y
                logits.append(y)
                assert found == next(waiting)
                compared += 1
            assert core.results(logits, weights) == run["results"][number]
        assert next(waiting, None) is None
    assert compared >= len(expected["inputs"])
