"""What a model is in integers of 8 bits, written once more from the specification: on whole numbers of Python, which
overflow nowhere, with images in torch's order. `netc build --int8` is held to it, bit by bit (int8_test.py).

A model is a function of a calculus k and of the input x: it calls k.conv("conv2d_0", x, ...) and so forth, by the names
that values have in the C. Reals is such a calculus: it makes each value in floats and notes its range. Integers is the
other one, by the scales that the C has."""
import json
import math
import struct


def single(number):
    """A number as a float of 32 bits."""
    return struct.unpack("<f", struct.pack("<f", number))[0]


def half_away(number):
    """The nearest integer, and of a half the one that is farther from 0."""
    whole = math.floor(abs(number))
    return int(math.copysign(whole + (abs(number) - whole >= 0.5), number))


def clamp(number, low=-128, high=127):
    return max(low, min(high, number))


def parameters(path):
    """The tensors of a safetensors file: their shapes and their numbers."""
    with open(path, "rb") as file:
        head = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        block = file.read()
    found = {}
    for name, entry in head.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            first, end = entry["data_offsets"]
            found[name] = entry["shape"], list(struct.unpack("<%df" % ((end - first) // 4), block[first:end]))
    return found


class Image:
    """A value: channels of rows of columns, in torch's order; a row of features has one pixel."""

    def __init__(self, shape, numbers, scale=None, zero=0):
        self.shape, self.numbers, self.scale, self.zero = tuple(shape), numbers, scale, zero
        assert len(numbers) == self.shape[0] * self.shape[1] * self.shape[2], (shape, len(numbers))

    def at(self, channel, row, col):
        return self.numbers[(channel * self.shape[1] + row) * self.shape[2] + col]

    def like(self, shape, numbers):
        return Image(shape, numbers, self.scale, self.zero)


def extent(size, kernel, stride, padding, dilation):
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def pair(number):
    return number if isinstance(number, tuple) else (number, number)


class Calculus:
    """What both have in common: which numbers meet."""

    def __init__(self, tensors):
        self.tensors = tensors

    def numbers(self, name, otherwise=None):
        return self.tensors[name][1] if name in self.tensors else otherwise

    def product(self, layer, norm, channels, shape=None):
        """Weights and biases in reals, with a norm folded in. Without a layer: of the norm alone, channel by
        channel."""
        if layer is None:
            shape, weight = [channels, 1, 1, 1], [1.0] * channels
        else:
            shape, weight = self.tensors[layer + ".weight"]
        shape = list(shape) + [1] * (4 - len(shape)) if len(shape) == 2 else list(shape)
        if len(shape) == 3:
            shape = [shape[0], shape[1], 1, shape[2]]
        outputs, each = shape[0], shape[1] * shape[2] * shape[3]
        bias = self.numbers("%s.bias" % layer, [0.0] * outputs)
        weight = list(weight)
        if norm:
            gamma, beta = self.numbers(norm + ".weight", [1.0] * outputs), self.numbers(norm + ".bias", [0.0] * outputs)
            mean, var = self.numbers(norm + ".running_mean"), self.numbers(norm + ".running_var")
            factors = [gamma[o] / math.sqrt(var[o] + 1e-5) for o in range(outputs)]
            weight = [weight[i] * factors[i // each] for i in range(len(weight))]
            bias = [(bias[o] - mean[o]) * factors[o] + beta[o] for o in range(outputs)]
        return shape, weight, bias

    def windows(self, x, kernel, stride, padding, dilation, rows, cols):
        """For each window the taps that are inside of the image: (tap, row, column)."""
        (k, l), (sr, sc), (pr, pc), (dr, dc) = pair(kernel), pair(stride), pair(padding), pair(dilation)
        for r in range(rows):
            for c in range(cols):
                taps = []
                for i in range(k):
                    for j in range(l):
                        row, col = r * sr - pr + i * dr, c * sc - pc + j * dc
                        if 0 <= row < x.shape[1] and 0 <= col < x.shape[2]:
                            taps.append((i * l + j, row, col))
                yield taps

    def flatten(self, x):
        return x.like((len(x.numbers), 1, 1), list(x.numbers))

    def concat(self, name, parts):
        shape = (sum(part.shape[0] for part in parts), *parts[0].shape[1:])
        return self.made(name, parts[0].like(shape, [number for part in parts for number in part.numbers]))

    def pad(self, name, x, left, right, top, bottom, value):
        _, rows, cols = x.shape
        shape = (x.shape[0], rows + top + bottom, cols + left + right)
        inside = [(o, r - top, c - left) for o in range(shape[0]) for r in range(shape[1]) for c in range(shape[2])]
        fill = self.of(name, value)
        return self.made(name, x.like(shape, [x.at(o, r, c) if 0 <= r < rows and 0 <= c < cols else fill
                                              for o, r, c in inside]))

    def max_pool(self, name, x, kernel, stride, padding=0, dilation=1):
        rows, cols = (extent(x.shape[1 + i], pair(kernel)[i], pair(stride)[i], pair(padding)[i], pair(dilation)[i])
                      for i in range(2))
        places = list(self.windows(x, kernel, stride, padding, dilation, rows, cols))
        return self.made(name, x.like((x.shape[0], rows, cols), [max(x.at(o, r, c) for _, r, c in taps)
                                                                for o in range(x.shape[0]) for taps in places]))

    def adaptive(self, x, rows, cols):
        """The pixels of each window of an adaptive pool."""
        for r in range(rows):
            for c in range(cols):
                top, bottom = r * x.shape[1] // rows, -(-(r + 1) * x.shape[1] // rows)
                left, right = c * x.shape[2] // cols, -(-(c + 1) * x.shape[2] // cols)
                yield [(0, row, col) for row in range(top, bottom) for col in range(left, right)]

    def adaptive_max_pool(self, name, x, rows, cols):
        places = list(self.adaptive(x, rows, cols))
        return self.made(name, x.like((x.shape[0], rows, cols), [max(x.at(o, r, c) for _, r, c in taps)
                                                                for o in range(x.shape[0]) for taps in places]))

    def avg_pool(self, name, x, kernel, stride, padding=0, include_pad=True):
        rows, cols = (extent(x.shape[1 + i], pair(kernel)[i], pair(stride)[i], pair(padding)[i], 1) for i in range(2))
        places = list(self.windows(x, kernel, stride, padding, 1, rows, cols))
        all_taps = pair(kernel)[0] * pair(kernel)[1]
        return self.average(name, x, (rows, cols), places, all_taps if include_pad or not padding else None)

    def adaptive_avg_pool(self, name, x, rows, cols):
        alike = x.shape[1] % rows == 0 and x.shape[2] % cols == 0
        places = list(self.adaptive(x, rows, cols))
        return self.average(name, x, (rows, cols), places, len(places[0]) if alike else None)


class Reals(Calculus):
    def __init__(self, tensors):
        super().__init__(tensors)
        self.ranges = {}

    def made(self, name, image):
        low, high = self.ranges.get(name, (0.0, 0.0))
        self.ranges[name] = min(low, *image.numbers), max(high, *image.numbers)
        return image

    def of(self, name, value):
        return value

    def input(self, x, shape):
        return self.made("input", Image(shape, x))

    def linear(self, name, x, layer, norm=None, cut=None):
        return self.conv(name, x, layer, norm=norm, cut=cut)

    def conv(self, name, x, layer, stride=1, padding=0, dilation=1, groups=1, norm=None, cut=None):
        shape, weight, bias = self.product(layer, norm, x.shape[0])
        groups = x.shape[0] if layer is None else groups
        rows, cols = (extent(x.shape[1 + i], shape[2 + i], pair(stride)[i], pair(padding)[i], pair(dilation)[i])
                      for i in range(2))
        taps_of, numbers = shape[2] * shape[3], []
        places = list(self.windows(x, tuple(shape[2:]), stride, padding, dilation, rows, cols))
        for o in range(shape[0]):
            first = o // (shape[0] // groups) * shape[1]
            for taps in places:
                y = bias[o] + sum(weight[(o * shape[1] + i) * taps_of + tap] * x.at(first + i, r, c)
                                  for tap, r, c in taps for i in range(shape[1]))
                numbers.append(y if cut is None else max(cut[0], min(cut[1], y)))
        return self.made(name, Image((shape[0], rows, cols), numbers))

    def average(self, name, x, shape, places, divisor):
        return self.made(name, Image((x.shape[0], *shape), [
            sum(x.at(o, r, c) for _, r, c in taps) / (divisor or len(taps))
            for o in range(x.shape[0]) for taps in places]))

    def add(self, name, a, b, cut=None):
        numbers = [p + q for p, q in zip(a.numbers, b.numbers)]
        return self.made(name, a.like(a.shape, [y if cut is None else max(cut[0], min(cut[1], y)) for y in numbers]))

    def multiply(self, name, a, b):
        each = len(a.numbers) // len(b.numbers)
        return self.made(name, a.like(a.shape, [p * b.numbers[i // each] for i, p in enumerate(a.numbers)]))

    def table(self, name, x, function):
        return self.made(name, x.like(x.shape, [function(number) for number in x.numbers]))


def rescale(factor):
    """The multiplier of 31 bits and the shift that are nearest to a factor."""
    mantissa, exponent = math.frexp(factor)
    multiplier = half_away(mantissa * 2 ** 31)
    if multiplier == 2 ** 31:
        multiplier, exponent = 2 ** 30, exponent + 1
    shift = 31 - exponent
    return (0, 1) if shift > 62 else (2 ** 31 - 1, 1) if shift < 1 else (multiplier, shift)


def rounded(number, divisor):
    """number / divisor, halves up."""
    return (2 * number + divisor) // (2 * divisor)


class Integers(Calculus):
    def __init__(self, tensors, scales):
        super().__init__(tensors)
        self.scales = scales

    def made(self, name, image):
        """A value that has the scale of what it is made of."""
        assert self.scales.get(name, (image.scale, image.zero)) == (image.scale, image.zero), name
        return image

    def of(self, name, real):
        scale, zero = self.scales[name]
        return clamp(half_away(real / scale) + zero)

    def input(self, x, shape):
        scale, zero = self.scales["input"]
        return Image(shape, [clamp(half_away(single(number / scale)) + zero) for number in x], scale, zero)

    def cut(self, name, cut):
        if cut is None:
            return -128, 127
        return self.of(name, cut[0]), 127 if math.isinf(cut[1]) else self.of(name, cut[1])

    def image(self, name, shape, numbers):
        return Image(shape, numbers, *self.scales[name])

    def linear(self, name, x, layer, norm=None, cut=None):
        return self.conv(name, x, layer, norm=norm, cut=cut)

    def conv(self, name, x, layer, stride=1, padding=0, dilation=1, groups=1, norm=None, cut=None):
        shape, weight, bias = self.product(layer, norm, x.shape[0])
        groups = x.shape[0] if layer is None else groups
        (scale, zero), (low, high) = self.scales[name], self.cut(name, cut)
        rows, cols = (extent(x.shape[1 + i], shape[2 + i], pair(stride)[i], pair(padding)[i], pair(dilation)[i])
                      for i in range(2))
        taps_of, each, numbers = shape[2] * shape[3], shape[1] * shape[2] * shape[3], []
        places = list(self.windows(x, tuple(shape[2:]), stride, padding, dilation, rows, cols))
        for o in range(shape[0]):
            own = weight[o * each:(o + 1) * each]
            of_weights = single(max(max(map(abs, own)) / 127, abs(bias[o]) / (x.scale * 2.0 ** 30))) or 1.0
            q = [clamp(half_away(number / of_weights), -127) for number in own]
            start = half_away(bias[o] / (x.scale * of_weights))
            multiplier, shift = rescale(x.scale * of_weights / scale)
            first = o // (shape[0] // groups) * shape[1]
            for taps in places:
                total = start + sum(q[i * taps_of + tap] * (x.at(first + i, r, c) - x.zero)
                                    for tap, r, c in taps for i in range(shape[1]))
                assert abs(total) < 2 ** 31, total
                numbers.append(clamp(rounded(total * multiplier, 2 ** shift) + zero, low, high))
        return self.image(name, (shape[0], rows, cols), numbers)

    def average(self, name, x, shape, places, divisor):
        scale, zero = self.scales[name]
        numbers = []
        multiplier, shift = rescale(x.scale / scale / divisor if divisor else x.scale / scale)
        for o in range(x.shape[0]):
            for taps in places:
                total = sum(x.at(o, r, c) - x.zero for _, r, c in taps)
                numbers.append(clamp(rounded(total * multiplier, 2 ** shift * (1 if divisor else len(taps))) + zero))
        return self.image(name, (x.shape[0], *shape), numbers)

    def add(self, name, a, b, cut=None):
        (scale, zero), (low, high) = self.scales[name], self.cut(name, cut)
        factors = [a.scale / scale, b.scale / scale]
        shift = rescale(max(factors))[1]
        of = [half_away(factor * 2.0 ** shift) if factor < max(factors) else rescale(factor)[0] for factor in factors]
        return self.image(name, a.shape, [
            clamp(rounded((p - a.zero) * of[0] + (q - b.zero) * of[1], 2 ** shift) + zero, low, high)
            for p, q in zip(a.numbers, b.numbers)])

    def multiply(self, name, a, b):
        scale, zero = self.scales[name]
        multiplier, shift = rescale(a.scale * b.scale / scale)
        each = len(a.numbers) // len(b.numbers)
        return self.image(name, a.shape, [
            clamp(rounded((p - a.zero) * (b.numbers[i // each] - b.zero) * multiplier, 2 ** shift) + zero)
            for i, p in enumerate(a.numbers)])

    def table(self, name, x, function):
        return self.image(name, x.shape, [self.of(name, function(x.scale * (number - x.zero)))
                                          for number in x.numbers])
