/* What torch, torchvision and torchmetrics have besides: a reader of their documentation may well write it. */
#include <string.h>

#include "vocabulary/vocabulary.h"

enum { MOST_NAMES = 48 };

static const struct {
    const char *sentence; /* behind the name */
    const char *names[MOST_NAMES];
} refused[] = {
    {"is a layer of torch's that netc does not support yet",
     {"AdaptiveLogSoftmaxWithLoss", "AlphaDropout", "Bilinear", "ChannelShuffle", "CrossMapLRN2d",
      "FeatureAlphaDropout", "Fold", "FractionalMaxPool2d", "GLU", "GRU", "GRUCell", "LPPool1d", "LPPool2d", "LSTM",
      "LSTMCell", "LocalResponseNorm", "MaxUnpool1d", "MaxUnpool2d", "MultiheadAttention", "PairwiseDistance",
      "PixelShuffle", "PixelUnshuffle", "RMSNorm", "RNN", "RNNCell", "RReLU", "Softmin", "Transformer",
      "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder", "TransformerEncoderLayer", "Unfold"}},
    {"is a layer over volumes, which netc does not have",
     {"AdaptiveAvgPool3d", "AdaptiveMaxPool3d", "AvgPool3d", "BatchNorm3d", "CircularPad3d", "ConstantPad3d", "Conv3d",
      "ConvTranspose3d", "Dropout3d", "FractionalMaxPool3d", "InstanceNorm3d", "LPPool3d", "LazyBatchNorm3d",
      "LazyConv3d", "LazyConvTranspose3d", "LazyInstanceNorm3d", "MaxPool3d", "MaxUnpool3d", "ReflectionPad3d",
      "ReplicationPad3d", "ZeroPad3d"}},
    {"infers what it gets: without Lazy, and with _ as the first argument, it is the same here",
     {"LazyBatchNorm1d", "LazyBatchNorm2d", "LazyConv1d", "LazyConv2d", "LazyConvTranspose1d", "LazyConvTranspose2d",
      "LazyInstanceNorm1d", "LazyInstanceNorm2d", "LazyLinear"}},
    {"joins branches: here it is Concat { a: ..., b: ... }, which puts channels side by side",
     {"Concatenate", "cat", "torch.cat", "concatenate", "torch.concat"}},
    {"joins branches: here it is Residual { ... }, which adds them", {"Add"}},
    {"makes a dimension more, which netc cannot do: Concat { ... } puts channels side by side", {"torch.stack"}},
    {"is a list whose layers forward() calls: here layers stand in order in braces, and 'repeat' copies them",
     {"ModuleList", "ModuleDict", "ParameterList"}},
    {"is Keras' name: here it is Linear(_, 10)", {"Dense"}},
    {"is Keras' name: here it is BatchNorm2d(_)", {"BatchNormalization"}},
    {"is Keras' name: here it is AdaptiveAvgPool2d(1)", {"GlobalAveragePooling2D"}},
    {"is Keras' name: here activations are layers, such as ReLU()", {"Activation"}},
    {"is no layer of torch's: Unflatten(1, (channels, length)) and Flatten() give other shapes", {"Reshape", "View"}},
    {"is written Softmax(dim=1), which is the same over an image", {"Softmax2d"}},
    {"is written Upsample(size=..., mode=\"nearest\") or Upsample(scale_factor=..., mode=\"nearest\")",
     {"UpsamplingNearest2d"}},
    {"is written Upsample(scale_factor=..., mode=\"bilinear\", align_corners=True)", {"UpsamplingBilinear2d"}},
    {"is for several processes: in one, BatchNorm1d and BatchNorm2d are the same", {"SyncBatchNorm"}},
    {"is a loss of torch's that netc does not support yet",
     {"CTCLoss", "CosineEmbeddingLoss", "GaussianNLLLoss", "HingeEmbeddingLoss", "LinearCrossEntropyLoss",
      "MarginRankingLoss", "MultiLabelMarginLoss", "MultiLabelSoftMarginLoss", "MultiMarginLoss", "PoissonNLLLoss",
      "SoftMarginLoss", "TripletMarginLoss", "TripletMarginWithDistanceLoss"}},
    {"is an optimizer of torch's that netc does not support yet",
     {"ASGD", "Adafactor", "LBFGS", "Muon", "Rprop", "SparseAdam"}},
    {"takes a function of Python's, which is not supported: MultiStepLR, LinearLR and SequentialLR say in numbers what "
     "most of them do",
     {"LambdaLR", "MultiplicativeLR"}},
    {"is an initialiser of torch's that netc does not support yet", {"sparse_", "sparse"}},
    {"is a metric of torchmetrics' that netc does not support yet",
     {"AUROC", "AveragePrecision", "CohenKappa", "CosineSimilarity", "ExplainedVariance", "F1Score", "FBetaScore",
      "HammingDistance", "JaccardIndex", "MatthewsCorrCoef", "MeanAbsolutePercentageError", "PearsonCorrCoef",
      "Precision", "R2Score", "ROC", "Recall", "Specificity", "SpearmanCorrCoef"}},
    {"is a data set that netc does not support yet",
     {"Caltech101", "CelebA", "CocoDetection", "DatasetFolder", "FakeData", "Flowers102", "Food101", "GTSRB",
      "ImageNet", "OxfordIIITPet", "Places365", "STL10", "SVHN", "StanfordCars", "USPS", "VOCDetection"}},
    {"is written random_split(data, [0.8, 0.2], seed=0), as in torch", {"split"}},
    {"is a transform that netc does not support yet",
     {"AugMix", "AutoAugment", "ConvertImageDtype", "ElasticTransform", "FiveCrop", "GaussianBlur", "Lambda",
      "LinearTransformation", "PILToTensor", "RandAugment", "RandomAdjustSharpness", "RandomAffine", "RandomApply",
      "RandomAutocontrast", "RandomChoice", "RandomEqualize", "RandomInvert", "RandomOrder", "RandomPerspective",
      "RandomPosterize", "RandomSolarize", "TenCrop", "ToPILImage", "TrivialAugmentWide"}},
};

/* Functions of torch and of tensors, and the layer or the setting that does the same. */
static const struct {
    const char *function, *instead;
} functions[] = {
    {"adaptive_avg_pool2d", "AdaptiveAvgPool2d(1)"}, {"add", "Residual { ... }, which adds what its layers make"},
    {"avg_pool2d", "AvgPool2d(2)"}, {"batch_norm", "BatchNorm2d(_)"}, {"conv1d", "Conv1d(_, 16, 3)"},
    {"conv2d", "Conv2d(_, 16, 3)"}, {"cross_entropy", "'loss CrossEntropyLoss()' in the train block"},
    {"dropout", "Dropout(0.5)"}, {"elu", "ELU()"}, {"embedding", "Embedding(1000, 64)"}, {"flatten", "Flatten()"},
    {"gelu", "GELU()"}, {"hardswish", "Hardswish()"}, {"interpolate", "Upsample(scale_factor=2)"},
    {"layer_norm", "LayerNorm(_)"}, {"leaky_relu", "LeakyReLU(0.01)"}, {"linear", "Linear(_, 10)"},
    {"log_softmax", "LogSoftmax(dim=1)"}, {"max_pool2d", "MaxPool2d(2)"},
    {"mse_loss", "'loss MSELoss()' in the train block"}, {"nll_loss", "'loss NLLLoss()' in the train block"},
    {"pad", "ZeroPad2d(1)"}, {"permute", "Permute([0, 2, 1])"}, {"relu", "ReLU()"}, {"relu6", "ReLU6()"},
    {"reshape", "Flatten() or Unflatten(1, (channels, length))"}, {"sigmoid", "Sigmoid()"}, {"silu", "SiLU()"},
    {"softmax", "Softmax(dim=1)"}, {"softplus", "Softplus()"}, {"squeeze", "Flatten()"}, {"tanh", "Tanh()"},
    {"view", "Flatten() or Unflatten(1, (channels, length))"},
};

const char *vocabulary_function(const char *name)
{
    static const char *const modules[] = {"F.", "functional.", "torch.", "x.", ""};
    for (size_t m = 0; m < sizeof modules / sizeof *modules; m++) {
        size_t length = strlen(modules[m]);
        for (size_t i = 0; strncmp(name, modules[m], length) == 0 && i < sizeof functions / sizeof *functions; i++)
            if (strcmp(name + length, functions[i].function) == 0)
                return functions[i].instead;
    }
    return NULL;
}

const char *vocabulary_refused(const char *name)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        for (int n = 0; n < MOST_NAMES && refused[i].names[n]; n++)
            if (strcmp(refused[i].names[n], name) == 0)
                return refused[i].sentence;
    return NULL;
}
