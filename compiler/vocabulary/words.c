/* The words of the language itself: what begins a statement, and what holds layers and transforms. */
#include "vocabulary/vocabulary.h"

const Word vocabulary_words[] = {
    {"model", "a model: the shape of one sample, without the batch, and its layers in order",
     {.form = "model NAME(SHAPE) { LAYERS }", .example = "model Small(3, 32, 32) { Flatten(), Linear(_, 10) }"}},
    {"block", "layers to be used more than once, with parameters that may have defaults",
     {.form = "block NAME(PARAMETER, PARAMETER=VALUE, ...) { LAYERS }",
      .example = "block Unit(channels, p=0.5) { Conv2d(_, channels, 3), ReLU(), Dropout(p) }"}},
    {"data", "a data set, with its transforms in braces: 'netc help data sets' lists the kinds, 'netc help transforms' "
     "the transforms", {.form = "data NAME = KIND(...) { TRANSFORMS }",
     .example = "data pictures = Shapes(train=False) { Resize(32), ToTensor() }"}},
    {"train", "how a model is trained: each setting on a line of its own; 'netc help settings' lists them",
     {.form = "train MODEL { SETTINGS }",
      .example = "train M {\n    data       drawn, batch_size=64, shuffle=True\n    loss       CrossEntropyLoss()\n"
                 "    optimizer  SGD(lr=0.1)\n    epochs     10\n}"}},
    {"let", "a constant: a number, a string, True, False, None, a list of these, or transforms",
     {.form = "let NAME = VALUE", .example = "let classes = 10"}},
    {"import", "a file of the model library: not supported yet", {.form = "import \"NAME\""}},
    {"repeat", "its layers so many times over, numbered on; braces within make each copy a child of its own",
     {.form = "repeat N { LAYERS }",
      .example = "model Deep(3, 32, 32) { repeat 3 { Conv2d(_, 8, 3, padding=1), ReLU() } }"}},
    {"Sequential", "layers in order, as torch.nn.Sequential has them; plain braces are the same",
     {.form = "Sequential(LAYER, ...) or { LAYERS }",
      .example = "model Two(3, 32, 32) { features: Sequential(Conv2d(_, 8, 3), ReLU()), Flatten() }"}},
    {"Compose", "transforms in order, as torchvision.transforms.Compose has them; braces are the same",
     {.form = "Compose([TRANSFORM, ...])",
      .example = "data pictures = Shapes(train=False) { Compose([Resize(32), ToTensor()]) }"}},
    {"DataLoader", "what hands out batches: the settings 'data' and 'test', with its arguments behind the data set",
     {.form = "data DATA, batch_size=1, ... in a train block",
      .example = "train M {\n    data       drawn, batch_size=64, shuffle=True\n    loss       CrossEntropyLoss()\n"
                 "    optimizer  SGD(lr=0.1)\n}"}},
    {"range", "whole numbers from a beginning to before an end, as Python's",
     {.form = "range(end), range(begin, end) or range(begin, end, step)",
      .example = "data few = Subset(drawn, range(0, 1000))"}},
    {0},
};
