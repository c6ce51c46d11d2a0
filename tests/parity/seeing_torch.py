"""TensorBoard's side of seeing.py.

    python seeing_torch.py scalars LOGS                 {run: {tag: [[step, value], ...]}} of the folders
    python seeing_torch.py images LOGS MODEL RAW COUNT  {tag: the largest difference of a byte from add_images}
    python seeing_torch.py sizes LOGS                   {tag: [[step, width, height], ...]} of the pictures
    python seeing_torch.py graph LOGS                   the graph's nodes
    python seeing_torch.py texts LOGS                   {tag: text}
    python seeing_torch.py histograms LOGS FILE         {tag: the largest relative difference from add_histogram}
    python seeing_torch.py hparams LOGS                 {run: {name: value}}, and whether the run has ended well
    python seeing_torch.py gradients LOGS BEFORE FILE LR    the same of what SGD has learned from between the files

All print JSON. MODEL is a whole model of netc's, RAW what `netc data --raw` wrote, FILE a state_dict.
"""
import io
import json
import os
import sys

import numpy
import torch
from PIL import Image
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.compat.proto.graph_pb2 import GraphDef
from torch.utils.tensorboard import summary

EVERYTHING = {"scalars": 0, "images": 0, "histograms": 0, "tensors": 0}  # no reservoirs


def read(logs):
    log = EventAccumulator(logs, size_guidance=EVERYTHING)
    log.Reload()
    return log


def runs(logs):
    """The folders that TensorBoard takes for runs, by their names on its page."""
    for at, _, names in sorted(os.walk(logs)):
        if any("tfevents" in name for name in names):
            yield os.path.relpath(at, logs), read(at)


def scalars(logs):
    return {name: {tag: [(event.step, event.value) for event in log.Scalars(tag)] for tag in log.Tags()["scalars"]}
            for name, log in runs(logs)}


def raw_samples(path, count, shape):
    """The first samples of a file of bytes."""
    with open(path, "rb") as file:
        data = file.read()
    channels = int.from_bytes(data[28:32], "little")
    pixel = numpy.frombuffer(data, "<f4", channels * 256, 32).reshape(channels, 256)
    size = int(numpy.prod(shape))
    samples = numpy.frombuffer(data, "u1", count * size, 32 + pixel.nbytes).reshape(count, channels, -1)
    floats = numpy.stack([pixel[c][samples[:, c]] for c in range(channels)], 1)
    return torch.from_numpy(floats.reshape(count, *shape))


def add_images(pictures):
    """The picture that torch's add_images writes; of channels that are none of a picture, as the tutorials reshape."""
    rows, columns = pictures.shape[2:]
    channels = 3 if pictures.shape[1] % 3 == 0 else 1
    image = summary.image("x", pictures.detach().reshape(-1, channels, rows, columns)).value[0].image
    return numpy.array(Image.open(io.BytesIO(image.encoded_image_string))).astype(int), (image.width, image.height,
                                                                                         image.colorspace)


def filters(weight):
    """A convolution's filters as pictures in colour, 0 in grey, eight side by side with a white pixel between them."""
    count, _, rows, columns = weight.shape
    scaled = (weight / weight.abs().max() * 127.5 + 127.5).round().permute(0, 2, 3, 1).numpy()
    across = min(count, 8)
    page = numpy.full(((count + 7) // 8 * (rows + 1) - 1, across * (columns + 1) - 1, 3), 255.0)
    for i, picture in enumerate(scaled):
        top, left = i // 8 * (rows + 1), i % 8 * (columns + 1)
        page[top:top + rows, left:left + columns] = picture
    return page.repeat(8, 0).repeat(8, 1).astype(int)


def images(logs, model, raw, count):
    net = torch.load(model, weights_only=False).eval()
    samples = raw_samples(raw, int(count), (3, 16, 16))
    made, x = {"input": samples}, samples
    with torch.no_grad():
        for name, layer in net.named_children():
            x = layer(x)
            made["%s: %s" % (name, type(layer).__name__)] = x
    log, apart = read(logs), {}
    for tag in log.Tags()["images"]:
        events = log.Images(tag)
        assert [event.step for event in events] == [0], events
        ours = numpy.array(Image.open(io.BytesIO(events[0].encoded_image_string))).astype(int)
        if tag == "filters":
            theirs = filters(next(net.children()).weight.detach())
            size = (theirs.shape[1], theirs.shape[0], 3)
        else:
            theirs, size = add_images(made[tag])
        assert (events[0].width, events[0].height, 3) == size and ours.shape == theirs.shape, (tag, ours.shape, size)
        apart[tag] = int(abs(ours - theirs).max())
    return apart


def sizes(logs):
    log = read(logs)
    return {tag: [[event.step, event.width, event.height] for event in log.Images(tag)] for tag in log.Tags()["images"]}


def graph(logs):
    made = GraphDef()
    made.MergeFrom(read(logs).Graph())
    return [{"name": node.name, "op": node.op, "inputs": list(node.input),
             "shape": [dim.size for dim in node.attr["_output_shapes"].list.shape[0].dim]} for node in made.node]


def texts(logs):
    log = read(logs)
    return {tag: log.Tensors(tag)[0].tensor_proto.string_val[0].decode() for tag in log.Tags()["tensors"]
            if log.SummaryMetadata(tag).plugin_data.plugin_name == "text"}


def histograms(logs, path):
    log, apart = read(logs), {}
    from torch.utils.tensorboard import SummaryWriter
    bins = SummaryWriter(os.path.join(logs, "other")).default_bins
    for name, value in torch.load(path).items():
        ours = log.Histograms(name)[-1].histogram_value
        theirs = summary.histogram(name, value.numpy(), bins).value[0].histo
        assert list(ours.bucket) == list(theirs.bucket) and list(ours.bucket_limit) == list(theirs.bucket_limit), name
        apart[name] = max(abs(getattr(ours, field) - getattr(theirs, field)) / (abs(getattr(theirs, field)) + 1e-9)
                          for field in ("min", "max", "num", "sum", "sum_squares"))
    assert set(apart) == {tag for tag in log.Tags()["histograms"] if not tag.endswith(".grad")}
    return apart


def hparams(logs):
    from tensorboard.plugins.hparams import metadata
    made = {}
    for name, log in runs(logs):
        try:
            tags = log.PluginTagToContent("hparams")
        except KeyError: # the folder of a curve
            continue
        start = metadata.parse_session_start_info_plugin_data(tags[metadata.SESSION_START_INFO_TAG])
        end = metadata.parse_session_end_info_plugin_data(tags[metadata.SESSION_END_INFO_TAG])
        made[name] = [{key: getattr(value, value.WhichOneof("kind")) for key, value in start.hparams.items()},
                      end.status == 1 and end.end_time_secs >= start.start_time_secs > 0]
    return made


def gradients(logs, before, after, lr):
    """Weights are rounded, and so the differences: a value near a limit may lie in the bin beside its own."""
    log, apart = read(logs), {}
    before, after = torch.load(before), torch.load(after)
    for name in before:
        ours = log.Histograms(name + ".grad")[-1].histogram_value
        gradient = ((before[name].double() - after[name].double()) / float(lr)).numpy()
        counts = numpy.histogram(gradient, [-numpy.inf, *ours.bucket_limit])[0]
        moved = abs(numpy.cumsum(counts) - numpy.cumsum(ours.bucket)).max() / gradient.size
        apart[name] = max(moved, abs(ours.min - gradient.min()), abs(ours.max - gradient.max()),
                          abs(ours.sum - gradient.sum()) / gradient.size, abs(ours.num - gradient.size))
    assert set(apart) == {tag[:-5] for tag in log.Tags()["histograms"] if tag.endswith(".grad")}
    return apart


COMMANDS = {"scalars": scalars, "images": images, "graph": graph, "texts": texts, "histograms": histograms,
            "gradients": gradients, "hparams": hparams, "sizes": sizes}

print(json.dumps(COMMANDS[sys.argv[1]](*sys.argv[2:])))
