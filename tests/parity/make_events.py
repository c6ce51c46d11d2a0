#!/usr/bin/env python3
"""Writes tests/unit/known_events.h: events as TensorBoard's own classes serialise them, for test_event.c. Needs a
Python that has tensorboard."""
import os

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef
from tensorboard.compat.proto.summary_pb2 import HistogramProto, Summary, SummaryMetadata
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
from tensorboard.compat.proto.versions_pb2 import VersionDef

HERE = os.path.dirname(os.path.abspath(__file__))
TIME = 1700000001.0


def summary(**value):
    return Event(wall_time=TIME, step=7, summary=Summary(value=[Summary.Value(**value)]))


def image():
    return summary(tag="a", image=Summary.Image(height=2, width=3, colorspace=3, encoded_image_string=b"PNG"))


def histogram():
    return summary(tag="w", histo=HistogramProto(min=-1, max=2, num=3, sum=1.5, sum_squares=5.25,
                                                 bucket_limit=[-1, 0, 2], bucket=[0, 1, 2]))


def text():
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    tensor = TensorProto(dtype="DT_STRING", string_val=[b"x"],
                         tensor_shape=TensorShapeProto(dim=[TensorShapeProto.Dim(size=1)]))
    return summary(tag="t", metadata=SummaryMetadata(plugin_data=plugin), tensor=tensor)


def graph():
    made = GraphDef(versions=VersionDef(producer=22))
    for name, op, inputs, attributes, shape in (("in/x", "IO Node", [], "", [2, 5]),
                                                ("M/L", "Linear", ["in/x"], "L(5)", [2, 3])):
        node = made.node.add(name=name, op=op, input=inputs)
        node.attr["attr"].s = attributes.encode()
        node.attr["_output_shapes"].list.shape.add().dim.extend(TensorShapeProto.Dim(size=size) for size in shape)
    return Event(wall_time=TIME, graph_def=made.SerializeToString(deterministic=True))


def main():
    lines = ["/* Written by tests/parity/make_events.py: events as TensorBoard serialises them. */",
             "#ifndef KNOWN_EVENTS_H", "#define KNOWN_EVENTS_H", ""]
    for make in (image, histogram, text, graph):
        data = make().SerializeToString(deterministic=True)
        lines.append("static const unsigned char %s_event[] = {" % make.__name__)
        lines += ["    " + " ".join("0x%02x," % byte for byte in data[at:at + 18])
                  for at in range(0, len(data), 18)]
        lines.append("};")
    lines += ["", "#endif"]
    with open(os.path.join(os.path.dirname(HERE), "unit", "known_events.h"), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


main()
