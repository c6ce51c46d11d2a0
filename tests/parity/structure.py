"""The structure of the models that layers.py trains: nested, repeated and branched layers, as text and as a tree.

An item is a layer's text ("conv: Conv2d(3, 8, 3)"), or {"kind", "name", "items", "shortcut", "count"}. Kinds:
"sequential", "residual" (its shortcut is an item with a name, or None), "concat", "multiply", "block" (in the .net file
a block of its own, in torch a Sequential) and "repeat" ("count" times)."""
import itertools
import re

MOST_WORK = 2e7  # multiplications of what add_residuals adds

# Elements in other dimensions, and zeros around images: what readers and their gradients find where.
RESHAPED = [
    "Flatten(); Unflatten(1, (48, 8, 8)); Conv2d(48,8,3,padding=1); ReLU(); Flatten(); Linear(512,10)",
    "Conv2d(3,20,3,stride=2); Flatten(2); ReLU(); Unflatten(2, (15, 15)); Conv2d(20,5,3,padding=2); Flatten(1,2); "
    "Flatten(); Linear(1445,10)",
    "ZeroPad2d(2); Conv2d(3,10,3,stride=2); ZeroPad2d((0,1,-2,3)); MaxPool2d(2); ReLU(); ZeroPad2d(-1); Flatten(); "
    "Linear(490,10)",
    "Linear(3072,64); ReLU(); Unflatten(1, (64,1,1)); Conv2d(64,12,3,padding=1); Unflatten(1, (-1,)); Identity(); "
    "Flatten(); Unflatten(1, (3,4)); Flatten(); Linear(12,10)".replace("Linear(3072", "Flatten(); Linear(3072", 1),
    "Conv2d(3,17,3,padding=1); Residual { ZeroPad2d(1); Identity(); Conv2d(17,17,3) }; MaxPool2d(4); "
    "Residual { Flatten(); Linear(1088,1088); Unflatten(1, (17,8,8)) }; Conv2d(17,4,3); Flatten(); Linear(144,10)",
]

# What surrounds images: of themselves, of a number, on all sides and on one.
PADDED = [
    "Conv2d(3,8,3,padding=1,padding_mode='reflect'); ReLU(); "
    "Conv2d(8,17,(3,5),stride=(2,3),padding=(1,2),padding_mode='replicate'); MaxPool2d(2); "
    "Conv2d(17,10,3,padding=2,dilation=2,padding_mode='circular'); ReLU(); Flatten(); Linear(400,10)",
    "Conv2d(3,6,(4,2),padding='same'); "
    "Conv2d(6,6,(2,3),padding='same',padding_mode='reflect',dilation=(3,2),groups=3); BatchNorm2d(6); ReLU(); "
    "Conv2d(6,6,4,padding='same',groups=6,bias=False); "
    "Conv2d(6,8,2,padding='same',padding_mode='circular'); MaxPool2d(4); Flatten(); Linear(512,10)",
    "ReflectionPad2d((3,0,1,2)); Conv2d(3,5,3,stride=5); ReplicationPad2d((0,2,-1,3)); Conv2d(5,9,1); "
    "CircularPad2d((4,-1,2,1)); ReLU(); ConstantPad2d((1,0,-2,1),0.7); Conv2d(9,4,3); Flatten(); Linear(396,10)",
    "ReflectionPad2d(31); MaxPool2d(3); Conv2d(3,16,3,padding=1,padding_mode='replicate'); "
    "Residual { ReplicationPad2d(1); Conv2d(16,16,3) }; CircularPad2d((0,0,3,3)); AvgPool2d(4); Flatten(); "
    "Linear(1008,10)",
    "ConstantPad2d(2,-1.5); Conv2d(3,20,3,stride=2); ConstantPad2d((1,2,0,3),1); ReLU(); MaxPool2d(3); Flatten(); "
    "Linear(720,10)",
    "Conv2d(3,16,5,stride=3); CircularPad2d((-2,3,1,-4)); Conv2d(16,16,3,padding=3,groups=16,padding_mode='reflect'); "
    "ReflectionPad2d((-1,3,2,-2)); Residual { Conv2d(16,16,3,padding=1,padding_mode='circular'); ReLU() }; "
    "MaxPool2d(2); Flatten(); Linear(640,10)",
]

# Images in another size, beside what reads them and what makes them.
RESIZED = [
    "Conv2d(3,8,5,stride=3); Upsample(scale_factor=2); ReLU(); Conv2d(8,17,3); Upsample(scale_factor=(0.5,1.7)); "
    "Upsample((13,4),mode='nearest-exact'); MaxPool2d(2); Flatten(); Linear(204,10)",
    "Upsample((20,37),mode='bilinear'); Conv2d(3,16,3,stride=2,padding=1); Upsample(scale_factor=2,mode='bilinear'); "
    "ReLU(); Upsample(scale_factor=0.4,mode='bilinear'); Conv2d(16,6,3); "
    "Upsample(size=(1,9),mode='bilinear',align_corners=True); Flatten(); Linear(54,10)",
    "MaxPool2d(8); Upsample(scale_factor=3,mode='bilinear',align_corners=True); BatchNorm2d(3); "
    "Residual { Conv2d(3,3,3,padding=1); Upsample(12,mode='bilinear') }; Upsample(scale_factor=(1.26,0.9),"
    "mode='bilinear',recompute_scale_factor=True); Conv2d(3,20,1); AvgPool2d(3); Flatten(); Linear(300,10)",
    "Conv2d(3,32,4,stride=4); ReLU(); MaxPool2d(2); Upsample(scale_factor=2); Conv2d(32,32,3,padding=1); ReLU(); "
    "Upsample(scale_factor=2,mode='bilinear'); Conv2d(32,8,3,padding=1); MaxPool2d(4); Flatten(); Linear(128,10)",
    "Conv2d(3,5,8,stride=8); Flatten(2); Upsample(37,mode='linear'); ReLU(); Upsample(scale_factor=0.3); "
    "Upsample(scale_factor=2,mode='linear',align_corners=True); Flatten(); Linear(110,10)",
]

# Transposed convolutions: residues without taps, norms and activations behind them, sums beside them, the ends.
TRANSPOSED = [
    "ConvTranspose2d(3,8,3,stride=2,padding=1,output_padding=1); ReLU(); Conv2d(8,16,4,stride=4); "
    "ConvTranspose2d(16,5,2,stride=3); ReLU(); MaxPool2d(4); Flatten(); Linear(605,10)",
    "Conv2d(3,20,5,stride=4); BatchNorm2d(20); ReLU(); ConvTranspose2d(20,17,4,stride=2,padding=1,bias=False); "
    "BatchNorm2d(17); ReLU(); ConvTranspose2d(17,6,(1,3),stride=(3,1)); AvgPool2d(3); Flatten(); Linear(390,10)",
    "Flatten(); Linear(3072,24); ReLU(); Unflatten(1,(24,1,1)); ConvTranspose2d(24,32,4); BatchNorm2d(32); ReLU(); "
    "ConvTranspose2d(32,16,4,stride=2,padding=1); BatchNorm2d(16); ReLU(); ConvTranspose2d(16,1,4,stride=2,padding=1); "
    "Tanh(); Flatten(); Linear(256,10)",
    "Conv2d(3,32,3,stride=2,padding=1); ReLU(); ConvTranspose2d(32,48,3,padding=1); ReLU(); MaxPool2d(2); "
    "ConvTranspose2d(48,64,5,padding=2); MaxPool2d(2); ReLU(); ConvTranspose2d(64,32,3); Flatten(); Linear(1152,10)",
    "Conv2d(3,12,3,stride=3); Residual { ConvTranspose2d(12,12,3,padding=1,groups=12); ReLU(); "
    "shortcut: ConvTranspose2d(12,12,1,groups=4) }; ConvTranspose2d(12,24,2,stride=5,groups=6,dilation=2,"
    "output_padding=(1,3)); ReLU(); MaxPool2d(5); Flatten(); Linear(2160,10)",
    "MaxPool2d(4); ConvTranspose2d(3,16,3,stride=(3,2),dilation=(2,4),output_padding=(2,3),padding=4); Dropout(0.2); "
    "ConvTranspose2d(16,16,5,stride=7,groups=16,padding=3); MaxPool2d(9); Flatten(); Linear(2912,10)",
    "AvgPool2d(8); Conv2d(3,16,4); ConvTranspose2d(16,10,1); Flatten()",
    "Conv2d(3,6,4,stride=4); ConvTranspose2d(6,5,2,stride=3,bias=False); BatchNorm2d(5); ReLU(); MaxPool2d(2); "
    "ConvTranspose2d(5,20,(1,2),stride=2,bias=False); BatchNorm2d(20); MaxPool2d(4); Flatten(); Linear(500,10)",
]

# Sums where something has been wrong or is likely to be: values with several readers, borders and pools beside them.
BRANCHED = [
    "Conv2d(3,16,3,padding=1); ReLU(); layer1: { repeat 2 { block { Residual { conv1: Conv2d(16,16,3,padding=1); "
    "ReLU(); conv2: Conv2d(16,16,3,padding=1) }; ReLU() } } }; layer2: { block { Residual { "
    "Conv2d(16,32,3,stride=2,padding=1); ReLU(); Conv2d(32,32,3,padding=1); shortcut: { Conv2d(16,32,1,stride=2) } }; "
    "ReLU() }; block { Residual { Conv2d(32,32,3,padding=1,bias=False); ReLU(inplace=True); "
    "Conv2d(32,32,3,padding=1) }; ReLU() } }; AdaptiveAvgPool2d(1); Flatten(); Linear(32,10)",
    "Residual { Conv2d(3,3,3,padding=1) }; Flatten(); Linear(3072,10)",
    "Residual { ReLU() }; Residual { Conv2d(3,5,5,padding=2); downsample: Conv2d(3,5,1) }; Flatten(); "
    "Residual { Linear(5120,5120,bias=False) }; Linear(5120,10)",
    "Conv2d(3,8,3,stride=2,padding=1); Residual { Residual { Conv2d(8,8,5,padding=2); ReLU() }; Residual { "
    "Conv2d(8,8,3,padding=1); shortcut: Residual { Conv2d(8,8,1) } } }; MaxPool2d(2); ReLU(); Flatten(); "
    "Linear(512,10)",
    "Conv2d(3,16,3,padding=1); MaxPool2d(2); ReLU(); Residual { MaxPool2d(3,stride=1,padding=1); "
    "Conv2d(16,16,3,padding=1); shortcut: { } }; MaxPool2d(2); Residual { Dropout(0.3); Conv2d(16,16,1) }; ReLU(); "
    "MaxPool2d(2); Flatten(); Linear(256,10)",
    "Conv2d(3,8,5,stride=4); Flatten(); ReLU(); Residual { Linear(392,392); ReLU(); Dropout(0.2) }; ReLU(); "
    "Residual { Linear(392,17); shortcut: Linear(392,17,bias=False) }; Linear(17,10)",
    "Conv2d(3,16,3,stride=2); Residual { ReLU(); Conv2d(16,20,3,groups=2,stride=2,padding=1); "
    "shortcut: { Conv2d(16,20,7,stride=2,padding=3) } }; Flatten(); Linear(1280,10)",
    "Conv2d(3,24,3,stride=2,padding=1); Residual { Conv2d(24,24,3,padding=2,dilation=2); shortcut: { "
    "Conv2d(24,24,7,padding=3,groups=24); Conv2d(24,24,1) } }; Residual { Conv2d(24,24,3,padding=1,groups=4); "
    "ReLU(); MaxPool2d(1) }; AvgPool2d(4); Flatten(); Residual { ReLU(); Linear(384,384) }; Linear(384,10)",
    "Conv2d(3,16,3,padding=1); Residual { Conv2d(16,16,3,padding=1); MaxPool2d(2); shortcut: MaxPool2d(2) }; "
    "Residual { Conv2d(16,16,3,padding=1); ReLU(); shortcut: ReLU() }; MaxPool2d(8); Flatten(); Linear(64,10)",
    "Conv2d(3,12,3,stride=2,padding=1); AvgPool2d(8); ReLU(); Flatten(); Residual { Linear(48,20); shortcut: { "
    "Linear(48,30); ReLU(); Linear(30,20) } }; Linear(20,10)",
    "Conv2d(3,16,3,padding=1,bias=False); BatchNorm2d(16); ReLU(); MaxPool2d(2); layer1: { block { Residual { "
    "conv1: Conv2d(16,16,3,padding=1,bias=False); bn1: BatchNorm2d(16); ReLU(); "
    "conv2: Conv2d(16,16,3,padding=1,bias=False); bn2: BatchNorm2d(16) }; ReLU() } }; layer2: { block { Residual { "
    "Conv2d(16,32,3,stride=2,padding=1,bias=False); BatchNorm2d(32); ReLU(); "
    "Conv2d(32,32,3,padding=1,bias=False); BatchNorm2d(32); downsample: { Conv2d(16,32,1,stride=2,bias=False); "
    "BatchNorm2d(32) } }; ReLU() }; block { Residual { BatchNorm2d(32); ReLU(); Conv2d(32,32,3,padding=1); "
    "BatchNorm2d(32, affine=False) } } }; BatchNorm2d(32); AdaptiveAvgPool2d(1); Flatten(); Linear(32,10)",
    "BatchNorm2d(3); Residual { BatchNorm2d(3); ReLU() }; ReLU(); AvgPool2d(4); Flatten(); Residual { Linear(192,192); "
    "BatchNorm1d(192); ReLU(); Linear(192,192); BatchNorm1d(192) }; ReLU(); Residual { BatchNorm1d(192) }; "
    "Linear(192,10)",
    "Flatten(); Linear(3072,48); repeat 3 { Residual { Linear(48,96); ReLU(); Linear(96,48) } }; "
    "Residual { repeat 2 { Linear(48,48); ReLU() }; shortcut: { } }; Linear(48,10)",
]


# Channels side by side, of more branches than one kernel takes and of one; products with and without pixels.
JOINED = [
    "Conv2d(3,16,3,padding=1,stride=2); " + "".join(
        "block { Concat { Identity(); { BatchNorm2d(%d); ReLU(); Conv2d(%d,24,1,bias=False); BatchNorm2d(24); ReLU(); "
        "Conv2d(24,12,3,padding=1,bias=False) } } }; " % (channels, channels) for channels in (16, 28, 40)) +
    "BatchNorm2d(52); ReLU(); Conv2d(52,20,1); AvgPool2d(2); AdaptiveAvgPool2d(1); Flatten(); Linear(20,10)",
    "Conv2d(3,20,5,stride=2); ReLU(); MaxPool2d(2); Concat { branch1: Conv2d(20,9,1); branch2: { Conv2d(20,8,1); "
    "ReLU(); Conv2d(8,16,3,padding=1); ReLU() }; branch3: { Conv2d(20,4,1); BatchNorm2d(4); "
    "Conv2d(4,5,5,padding=2) }; branch4: { MaxPool2d(3,stride=1,padding=1); Conv2d(20,33,1) } }; ReLU(); "
    "Conv2d(63,10,3); MaxPool2d(5); Flatten()",
    "Conv2d(3,8,3,padding=1); ReLU(); Concat { up: { MaxPool2d(2); Conv2d(8,16,3,padding=1); ReLU(); Concat { "
    "Identity(); { MaxPool2d(2); Conv2d(16,24,3,padding=1); ReLU(); ConvTranspose2d(24,16,2,stride=2) } }; "
    "Conv2d(32,16,3,padding=1); ReLU(); ConvTranspose2d(16,8,2,stride=2) }; Identity() }; Conv2d(16,5,3,padding=1); "
    "AvgPool2d(4); Flatten(); Linear(320,10)",
    "Conv2d(3,20,3,stride=2,bias=False); BatchNorm2d(20); SiLU(); Multiply { AdaptiveAvgPool2d(1); Conv2d(20,6,1); "
    "SiLU(); Conv2d(6,20,1); Sigmoid() }; Conv2d(20,32,3,stride=2); Multiply { AdaptiveAvgPool2d(1); Flatten(); "
    "Linear(32,4); ReLU(); Linear(4,32); Sigmoid(); Unflatten(1,(32,1,1)) }; ReLU(); MaxPool2d(3); Flatten(); "
    "Linear(128,10)",
    "Concat { Conv2d(3,5,1); Conv2d(3,16,3,padding=1); Identity(); MaxPool2d(3,1,1); Conv2d(3,1,5,padding=2); "
    "AvgPool2d(3,1,1); { Conv2d(3,7,1); Tanh() }; Concat { ReLU() } }; Multiply { Conv2d(41,41,1); Sigmoid() }; "
    "MaxPool2d(4); Multiply { Identity() }; Flatten(); Linear(2624,10)",
    "Flatten(); Concat { { Linear(3072,40); ReLU() }; Linear(3072,7) }; Multiply { Linear(47,47); Sigmoid() }; "
    "Concat { Identity(); Residual { Linear(47,47) }; Multiply { Tanh() } }; Dropout(0.2); Linear(141,10)",
    "Conv2d(3,16,4,stride=4); Flatten(2); Concat { Conv1d(16,10,3,padding=1); Multiply { AdaptiveAvgPool1d(1); "
    "Conv1d(16,16,1); Sigmoid() }; Residual { Concat { Conv1d(16,9,1); Conv1d(16,7,5,padding=2) } } }; ReLU(); "
    "Flatten(); Linear(2688,10)",
]


def split(text):
    """The items of a body: what stands between the semicolons outside of braces."""
    items, depth, start = [], 0, 0
    for place, sign in enumerate(text + ";"):
        depth += (sign == "{") - (sign == "}")
        if sign == ";" and depth == 0:
            items.append(text[start:place].strip())
            start = place + 1
    return [item for item in items if item]


def parse(text):
    """The items of a body."""
    return [parse_item(item) for item in split(text)]


def parse_item(text):
    found = re.match(r"(?:(\w+): *)?(?:(Residual|Concat|Multiply|block|repeat \d+) *)?\{(.*)\}$", text, flags=re.S)
    if not found:
        return text
    name, word, inside = found.groups()
    node = {"kind": (word or "sequential").lower().split()[0], "name": name, "items": parse(inside), "shortcut": None}
    if node["kind"] == "repeat":
        node["count"] = int(word.split()[1])
    if node["kind"] == "residual" and node["items"] and name_of(node["items"][-1]) in ("shortcut", "downsample"):
        node["shortcut"] = node["items"].pop()
    return node


def name_of(item):
    """The name of an item, or None where it has a number."""
    if isinstance(item, dict):
        return item["name"]
    found = re.match(r"(\w+): ", item)
    return found[1] if found else None


def sequential(name, items):
    return {"kind": "sequential", "name": name, "items": items}


def add_residuals(r, model):
    """The layers of a model with sums in front of some that keep their shape."""
    layers = []
    for layer, shape in itertools.zip_longest(model.layers, model.shapes):
        if shape and r.random() < 0.2 and model.work < MOST_WORK / 4:
            body, shortcut = [], None
            if len(shape) == 3:
                kernel, middle = r.choice((1, 3, 3, 5)), r.choice((shape[0], 8, 16, 20))
                rest = "%d, padding=%d" % (kernel, kernel // 2)
                body = ["Conv2d(%d, %d, %s)" % (shape[0], middle, rest), "ReLU()",
                        "conv2: Conv2d(%d, %d, %s)" % (middle, shape[0], rest)]
                model.work += 2 * shape[0] * shape[1] * shape[2] * middle * kernel ** 2 * model.batch_size
                if r.random() < 0.3:
                    shortcut = "shortcut: Conv2d(%d, %d, 1)" % (shape[0], shape[0])
            elif shape[0] <= 1000:
                body = ["Linear(%d, %d)" % (shape[0], shape[0])]
            if body:
                layers.append({"kind": "residual", "name": None, "items": body, "shortcut": shortcut})
                if r.random() < 0.5:
                    layers[-1] = {"kind": "block", "name": None, "items": [layers[-1], "ReLU()"]}
        layers.append(layer)
    return layers


def item_text(item, indent, blocks):
    """Lines of an item; the blocks that it uses go to `blocks`."""
    if isinstance(item, str):
        return [indent + item]
    head = indent + (item["name"] + ": " if item["name"] else "")
    if item["kind"] == "block":
        inside = body(item["items"], "    ", blocks)
        blocks.append(["block Block%d() {" % len(blocks), *inside, "}", ""])
        return [head + "Block%d()" % (len(blocks) - 1)]
    word = {"residual": "Residual ", "concat": "Concat ", "multiply": "Multiply ",
            "repeat": "repeat %d " % item.get("count", 0)}.get(item["kind"], "")
    items = item["items"] + ([item["shortcut"]] if item.get("shortcut") else [])
    return [head + word + "{", *body(items, indent + "    ", blocks), indent + "}"]


def body(items, indent, blocks):
    return [line for item in items for line in item_text(item, indent, blocks)]


def model_text(head, items):
    """The lines of a model, its blocks before it."""
    blocks = []
    lines = ["model %s {" % head, *body(items, "    ", blocks), "}"]
    return [line for block in blocks for line in block] + lines
