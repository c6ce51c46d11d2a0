"""Files of ONNX for onnx_import.py, as PyTorch, scikit-learn and, in a Python that has it, Keras export them.

onnx_import_torch.py make FOLDER WHICH NAME...   writes NAME.onnx; WHICH is torch, sklearn or keras
onnx_import_torch.py run FOLDER NAME...          writes NAME.input and NAME.output: samples and what ONNX Runtime makes
                                                 of them, in netc's order; prints a line of JSON a file"""
import json
import os
import sys
import warnings

import numpy

warnings.filterwarnings("ignore")


# ---- PyTorch ---------------------------------------------------------------------------------------------------------

def small_torch():
    """Models of a few parameters each, with what exporters write in ways of their own; torchvision's are large."""
    import torch
    from torch import nn

    class View(nn.Module):
        """The tutorials' way to a row."""

        def __init__(self):
            super().__init__()
            self.conv1, self.conv2 = nn.Conv2d(1, 4, 3), nn.Conv2d(4, 6, 3)
            self.fc1, self.fc2 = nn.Linear(6 * 3 * 3, 12), nn.Linear(12, 5)

        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
            x = torch.relu(self.conv2(x))
            x = x.view(x.size(0), -1)
            return torch.log_softmax(self.fc2(torch.relu(self.fc1(x))), 1)

    class Dense(nn.Module):
        def __init__(self):
            super().__init__()
            self.first = nn.Conv2d(3, 4, 3, padding=1)
            self.convs = nn.ModuleList(nn.Conv2d(4 + 2 * i, 2, 3, padding=1) for i in range(3))
            self.norms = nn.ModuleList(nn.GroupNorm(2, 4 + 2 * i) for i in range(3))

        def forward(self, x):
            features = [self.first(x)]
            for conv, norm in zip(self.convs, self.norms):
                features.append(conv(nn.functional.gelu(norm(torch.cat(features, 1)))))
            return torch.cat(features, 1).mean((2, 3))

    class Gates(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv, self.squeeze, self.excite = nn.Conv2d(3, 8, 3, 2), nn.Conv2d(8, 2, 1), nn.Conv2d(2, 8, 1)
            self.act, self.norm, self.up = nn.Hardswish(), nn.BatchNorm2d(8), nn.Upsample(scale_factor=2)
            self.last = nn.ConvTranspose2d(8, 2, 3, 2, 1, 1)

        def forward(self, x):
            x = self.act(self.norm(self.conv(x)))
            s = torch.sigmoid(self.excite(nn.functional.silu(self.squeeze(nn.functional.adaptive_avg_pool2d(x, 1)))))
            return self.last(nn.functional.mish(self.up(x * s)))

    class Tokens(nn.Module):
        def __init__(self):
            super().__init__()
            self.table, self.norm = nn.Embedding(20, 6), nn.LayerNorm(6)
            self.linear, self.conv = nn.Linear(6, 8), nn.Conv1d(8, 4, 3)

        def forward(self, x):
            x = self.linear(self.norm(self.table(x))).transpose(1, 2)
            return torch.flatten(nn.functional.elu(self.conv(x)), 1)

    return {"view": (View, (1, 12, 12)), "dense": (Dense, (3, 8, 8)), "gates": (Gates, (3, 13, 13)),
            "tokens": (Tokens, (7,))}


def make_torch(folder, names):
    import torch
    torch.set_num_threads(1)
    small = small_torch()
    for name in names:
        _, kind, how = name.split("-")
        torch.manual_seed(len(kind))
        if kind in small:
            module, shape = small[kind][0](), small[kind][1]
        else:
            from torchvision import models
            module = getattr(models, kind)(**({"init_weights": False} if kind in ("googlenet", "inception_v3") else {}))
            shape = (3, 299, 299) if kind == "inception_v3" else (3, 224, 224)
        x = torch.randint(20, (4, *shape)) if kind == "tokens" else torch.randn(4, *shape)
        with torch.no_grad():
            for parameter in module.parameters():  # what begins as 0 or 1 is something else then
                parameter.add_(torch.rand_like(parameter) * 0.01)
            module.train()(x)
        module.eval()
        settings = {"dynamo": True, "external_data": False} if how == "dynamo" else {"dynamo": False}
        if how == "script":
            settings.update(input_names=["x"], dynamic_axes={"x": {0: "N"}})
        torch.onnx.export(module, (x[:1],), os.path.join(folder, name + ".onnx"), verbose=False, **settings)


# ---- scikit-learn ----------------------------------------------------------------------------------------------------

def make_sklearn(folder, names):
    from skl2onnx import to_onnx
    from sklearn.datasets import load_digits
    from sklearn.neural_network import MLPClassifier, MLPRegressor
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(numpy.float32)
    common = {"hidden_layer_sizes": (12, 6), "max_iter": 5, "random_state": 0}
    rows = {"sklearn-classifier": (MLPClassifier(**common), y),
            "sklearn-binary": (MLPClassifier(activation="tanh", **common), y % 2),
            "sklearn-regressor": (MLPRegressor(activation="logistic", **common), y / 10)}
    for name in names:
        model, target = rows[name]
        model.fit(x, target)
        options = None if name == "sklearn-regressor" else {"zipmap": False}
        with open(os.path.join(folder, name + ".onnx"), "wb") as file:
            file.write(to_onnx(model, x[:1], options=options).SerializeToString())


# ---- Keras -----------------------------------------------------------------------------------------------------------

def small_keras(keras):
    layers = keras.layers

    def pixels():
        return keras.Sequential([
            layers.Input((13, 13, 1)), layers.Conv2D(4, 3, activation="relu"), layers.MaxPooling2D(2, padding="same"),
            layers.Conv2D(6, 3, padding="same", strides=2, activation="relu"), layers.BatchNormalization(),
            layers.Flatten(), layers.Dropout(0.5), layers.Dense(5, activation="softmax")])

    def rows():
        return keras.Sequential([layers.Input((9,)), layers.Dense(8, activation="elu"), layers.BatchNormalization(),
                                 layers.Dense(3)])

    def unet():
        x = layers.Input((8, 8, 3))
        a = layers.Conv2D(4, 3, padding="same", activation="relu")(x)
        b = layers.Conv2D(6, 3, padding="same", activation="swish")(layers.MaxPooling2D()(a))
        c = layers.Concatenate()([layers.Conv2DTranspose(4, 2, strides=2)(b), a])
        return keras.Model(x, layers.Conv2D(2, 1, activation="sigmoid")(c))

    def signal():
        return keras.Sequential([
            layers.Input((16, 3)), layers.Conv1D(4, 5, padding="same", activation="relu"), layers.MaxPooling1D(2),
            layers.Conv1D(6, 3), layers.GlobalAveragePooling1D(), layers.Dense(3)])

    def transposed():
        x = layers.Input((5, 5, 3))
        return keras.Model(x, layers.Conv2DTranspose(2, 3, strides=2, padding="same")(x))

    return {"pixels": pixels, "rows": rows, "signal": signal, "unet": unet, "transposed": transposed}


def make_keras(folder, names):
    os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", CUDA_VISIBLE_DEVICES="", KERAS_BACKEND="tensorflow")
    import keras
    import tensorflow
    import tf2onnx
    small = small_keras(keras)
    for name in names:
        kind = name.split("-", 1)[1]
        keras.utils.set_random_seed(1)
        if kind in small:
            model = small[kind]()
        else:
            # No softmax: of large outputs it makes a 1 and zeros, whatever the model makes.
            model = getattr(keras.applications, kind)(weights=None, input_shape=(96, 96, 3), classes=10,
                                                      classifier_activation=None)
        weights = [value + (numpy.random.rand(*value.shape) - 0.5) * 0.02 for value in model.get_weights()]
        model.set_weights(weights)
        signature = [tensorflow.TensorSpec((None, *model.input_shape[1:]), tensorflow.float32)]
        call = tensorflow.function(lambda x, model=model: model(x, training=False), input_signature=signature)
        tf2onnx.convert.from_function(call, input_signature=signature, opset=17,
                                      output_path=os.path.join(folder, name + ".onnx"))


# ---- ONNX Runtime ----------------------------------------------------------------------------------------------------

def reference(folder, name):
    import onnxruntime
    session = onnxruntime.InferenceSession(os.path.join(folder, name + ".onnx"), providers=["CPUExecutionProvider"])
    given = session.get_inputs()[0]
    batch = given.shape[0] if isinstance(given.shape[0], int) else 2
    r = numpy.random.default_rng(len(name))
    shape = (batch, *given.shape[1:])
    x = r.integers(0, 20, shape) if "int" in given.type else r.standard_normal(shape).astype(numpy.float32)
    y = next(one for one in session.run(None, {given.name: x}) if one.dtype == numpy.float32)
    for value, end in ((x, "input"), (y, "output")):
        if name.startswith("keras") and value.ndim > 2:
            value = numpy.moveaxis(value, -1, 1)
        value.astype(numpy.float32).tofile(os.path.join(folder, "%s.%s" % (name, end)))


def main(what, folder, *words):
    if what == "make":
        {"torch": make_torch, "sklearn": make_sklearn, "keras": make_keras}[words[0]](folder, words[1:])
        return
    for name in words:
        try:
            reference(folder, name)
            print(json.dumps({"name": name, "wrong": None}), flush=True)
        except Exception as error:  # of whatever kind: it is the file's answer
            print(json.dumps({"name": name, "wrong": "%s: %s" % (type(error).__name__, error)}), flush=True)


main(*sys.argv[1:])
