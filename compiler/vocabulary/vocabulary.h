/* The vocabulary: every layer, loss, optimizer, dataset and transform that a .net file can name.
 *
 * One file a noun: its signature (torch's), shape rule, parameters and lowering stand side by side, and
 * one row in table.c makes it known. To add one, copy TEMPLATE.c. Nothing outside this folder names a noun. */
#ifndef NETC_VOCABULARY_VOCABULARY_H
#define NETC_VOCABULARY_VOCABULARY_H

#include "base/diag.h"
#include "graph/graph.h"

/* ---- Signatures and arguments ------------------------------------------------------------------------------------ */

typedef enum ArgType {
    ARG_INT,    /* 3 */
    ARG_FLOAT,  /* 0.1, 1e-2, 3 */
    ARG_FLOAT_OR_NONE, /* 0.1, None */
    ARG_BOOL,   /* True */
    ARG_CALL,   /* of a data set, a bool: where True, the runtime's nc_NAME is called with the set */
    ARG_PAIR,   /* 3 or (3, 5): vertical, horizontal */
    ARG_STRING, /* "same" */
    ARG_WORD,   /* accuracy, or "accuracy": in Arg.s */
    ARG_FLOATS, /* [0.485, 0.456, 0.406] or (0.5,) */
    ARG_NUMBER_LIST, /* a list of numbers or a single one: Arg.list, and Arg.whole */
    ARG_LIST_OR_WORD, /* the same, or a string (then Arg.s) */
    ARG_TENSOR, /* 2, [1, 2], [[[1]], [[2]]]: a number, or lists of one shape */
    ARG_DATA,   /* photos, or [photos, drawings]: data sets by their names */
    ARG_SIZE,   /* an int that `_` leaves to the input: in_channels */
    ARG_EXTENTS, /* a pair, or None for one of it or for both: what the input has */
    ARG_PADDING, /* a pair, or "same" or "valid" (then Arg.s) */
    ARG_SINGLE,  /* 3 or (3,): along the length of a sequence; in both places of Arg.pair */
    ARG_SINGLE_PADDING, /* the same, or "same" or "valid" (then Arg.s) */
    ARG_NUMBERS, /* a pair of numbers: (0.9, 0.999); in Arg.list */
    ARG_SCHEDULERS, /* a list of schedulers, which model/scheduler.c reads */
    ARG_SIDES,   /* an int, or four: left, right, top, bottom */
    ARG_ANY,     /* a block's own: any constant, _ too (Arg.any) */
    ARG_COLUMNS, /* "medv", 13, or a list of these */
    ARG_RENAMES, /* {"fc": "head"}: in Arg.names, keys and values in turn */
} ArgType;

typedef struct Param {
    const char *name; /* torch's */
    ArgType type;
    const char *fallback; /* its default as torch writes it: "1", "True", "None"; NULL: required. Of ARG_ANY it is the
                           * program's text, which messages show and only the block can evaluate. */
    const char *refused;  /* torch has it, netc supports only its default: the sentence that says so; or NULL */
} Param;

enum { MAX_ARGS = 16 };

/* A column of a table: its name, or (NULL) its number. */
typedef struct Column {
    const char *name;
    int64_t number;
    Span span; /* where it stands in a list */
} Column;

/* One bound argument. */
typedef struct Arg {
    const struct Constant *value; /* as it is written, or the default */
    bool given;    /* written by the user; the span is of the value, else of the whole call */
    bool none;     /* None */
    bool inferred; /* `_`: to be filled in by the shape rule */
    Span span;
    int64_t i;     /* INT, SIZE, BOOL */
    double f;      /* FLOAT (and INT) */
    int64_t pair[2];
    bool pair_none[2]; /* EXTENTS */
    int64_t sides[4];  /* SIDES */
    const char *s;
    const double *list;
    bool whole;     /* FLOAT, NUMBER_LIST: whole numbers are given */
    bool listed;    /* PAIR, SINGLE, EXTENTS, NUMBER_LIST: (3, 3) or (3,), not 3 */
    Shape shape;    /* TENSOR: of `list`, in C order */
    const char *const *names; /* DATA */
    const struct Constant *any;
    const Column *columns; /* COLUMNS */
    int list_count; /* of `list`, `names` or `columns` */
} Arg;

/* Arguments in the order of the signature: args.at[0] is the first Param's. */
typedef struct Args {
    Span span; /* of the whole call */
    Arg at[MAX_ARGS];
} Args;

/* What an output is to a loss: any number, or one that softmax or sigmoid turn into a probability (a logit),
 * and so on. */
typedef enum OutputKind { OUTPUT_NUMBER, OUTPUT_PROBABILITY, OUTPUT_LOGIT, OUTPUT_LOG_PROBABILITY } OutputKind;

/* What `netc help NAME` and the reference say of a noun beside its signature. Every noun has a shape and an example
 * (tests/reference_test.py reads them, and compiles the example). */
typedef struct Help {
    const char *form;    /* how it is written, where the signature does not tell; or NULL */
    const char *shape;   /* what it makes of what: "C,H,W -> C,1,1" */
    const char *example; /* a line of a .net file; of a layer "Flatten()  # 3x32x32 -> 3072" */
    const char *differs; /* from its counterpart in torch beside the arguments refused; NULL: in nothing */
    const char *module;  /* where its counterpart is, if not where those of its group are: "torchvision.ops" */
    bool own;            /* netc's own: torch has no counterpart */
    OutputKind gives;    /* of a layer: what its output is, where a loss can tell that it takes something else */
} Help;

/* ---- Parameters -------------------------------------------------------------------------------------------------- */

/* How a parameter begins, as torch.nn.init has it: the runtime's NC_INIT_... of the same names. */
typedef enum InitKind {
    INIT_UNIFORM,      /* low, high: bounds as torch computes them, in double */
    INIT_CONSTANT,     /* low */
    INIT_NORMAL,       /* low: mean; high: standard deviation */
    INIT_TRUNC_NORMAL, /* the same, between from and to */
    INIT_EYE,
    INIT_DIRAC,        /* low: groups */
    INIT_ORTHOGONAL,   /* low: gain */
    INIT_NORMAL_PADDED, /* mean 0, deviation 1; then row `low` is 0 */
    INIT_PARTIAL_DIRAC, /* the first outputs, as many as inputs, as of DIRAC; the others stay as they were */
    INIT_WHITENING,    /* from the first `high` training samples; low: eps */
} InitKind;

/* An initialisation with its numbers. */
typedef struct Fill {
    InitKind kind;
    double low, high, from, to;
} Fill;

/* What training does to it: the optimizer learns it, or a layer keeps it up to date itself (torch's buffers): floats,
 * or one whole number of 64 bits. Checkpoints hold all of them. */
typedef enum ParameterKind { PARAMETER_LEARNED, PARAMETER_KEPT, PARAMETER_COUNT } ParameterKind;

typedef struct Parameter {
    ParameterKind kind;
    const char *name; /* "features.0.weight" */
    Shape shape;      /* torch's: OIHW, [out, in], [n] */
    InitKind init;
    double low, high; /* as of Fill */
    bool frozen;      /* LEARNED, but the train block says `freeze`: it has no gradient and stays as it begins */
    const struct Layer *layer;
    int index;        /* its place in Network.parameters */
    struct Parameter *now; /* of a model that was changed: what the parameter is behind the change; NULL: gone */
} Parameter;

/* Whether it gets a gradient, and the optimizer changes it. */
static inline bool parameter_learns(const Parameter *parameter)
{
    return parameter->kind == PARAMETER_LEARNED && !parameter->frozen;
}

/* ---- Layers ------------------------------------------------------------------------------------------------------ */

/* One of the inputs of a layer. */
typedef struct LayerInput {
    const struct Layer *from; /* what gives it; NULL: it is the model's input */
    Shape shape;
    Span span;                /* where it comes from: that layer's call, or the model's shape */
} LayerInput;

typedef struct Layer {
    const struct LayerKind *kind;
    const struct Module *module; /* model/model.h */
    const char *path;  /* "0", "features.0.1" */
    Args args;
    Span span;         /* of the call */
    Span name_span;    /* of the kind's name: what a caret about the layer itself points to */
    VEC(LayerInput) inputs; /* one; where branches meet, one from the end of each */
    bool shortcut;          /* the second of them is that of LAYERS_AND_SHORTCUT, and not the input as it is */
    Shape out;
    int index;              /* its place in Network.layers */
    int64_t tokens;         /* not 0: it takes whole numbers from 0 to tokens - 1 */
    VEC(Parameter *) parameters;
} Layer;

/* The shape of a layer's first input: of the only one, but where branches meet. */
Shape layer_in(const Layer *layer);

/* The attributes of an object of torch's, each as Python writes it: "in_channels", "3". A nameless one is the text of
 * further ones. */
typedef struct TorchAttribute {
    const char *name, *value;
} TorchAttribute;

typedef struct TorchAttributes {
    Arena *arena;
    VEC(TorchAttribute) list;
} TorchAttributes;

/* The class that torch has for a layer, and what its objects hold: all attributes are arguments by their names unless
 * something else is said here. */
typedef struct TorchClass {
    const char *module;     /* "torch.nn.modules.conv"; NULL: there is no class */
    const char *parameters; /* what its objects have for parameters, if only None: "weight bias" */
    const char *buffers;
    bool tuples;            /* sizes are kept as tuples, even where a number is given */
    const char *same;       /* "stride=kernel_size": an argument that is another one's value where it is None */
    const char *without;    /* arguments that are no attributes: "min_value max_value" */
    const char *also;       /* one more attribute or several, "'value': 0.0"; */
    void (*more)(TorchAttributes *out, const Layer *layer); /* and those that depend on the arguments */
    const char *prints;     /* which attributes print(model) shows, and how (torch.c); NULL: none */
} TorchClass;

/* The branches that meet in a layer. What stands in its braces are their layers; all branches begin at the layer's own
 * input. */
typedef enum Branches {
    NO_BRANCHES,           /* it has no braces */
    LAYERS_AND_INPUT,      /* two: the layers in order, and the input as it is */
    LAYERS_AND_SHORTCUT,   /* the same, but where the last child is called shortcut or downsample, the second is that */
    A_BRANCH_A_CHILD,
} Branches;

typedef struct LayerKind {
    const char *name;    /* "Conv2d" */
    const char *summary; /* one line for `netc help` */
    const Param *params; /* ends with a nameless one */

    /* Checks layer->args against layer_in(layer), fills in what was `_`, sets layer->out and adds its parameters.
     * False after reporting what does not fit. */
    bool (*infer)(Arena *arena, Diag *diag, Layer *layer);

    /* Adds the layer's operations to the graph; gives its output. parameter[i] holds layer->parameters.at[i]. */
    Value *(*lower)(Builder *builder, const Layer *layer, Value *x, Value *const *parameter);
    Help help;
    TorchClass torch;

    /* Of a layer in which branches meet: which, and its operations in place of `lower`; in[i] is inputs.at[i]. */
    Branches branches;
    Value *(*join)(Builder *builder, const Layer *layer, Value *const *in);
} LayerKind;

/* ---- Losses, optimizers, data ------------------------------------------------------------------------------------ */

typedef struct LossKind {
    const char *name;
    const char *summary;
    const Param *params;
    bool classes; /* targets are class numbers (accuracy is counted); otherwise tensors shaped like the output */

    /* Checks that a model's output suits the loss. False after reporting. */
    bool (*check)(Arena *arena, Diag *diag, const Args *args, Shape output, Span network);

    /* What of the settings the arguments give, of an output that was checked; the others have their defaults. */
    void (*settings)(Arena *arena, const Args *args, Shape output, LossSettings *settings);
    const char *runtime; /* the nc_ function that computes it and its gradient */
    Help help;
    OutputKind output;
} LossKind;

/* What is measured in evaluation. */
typedef struct MetricKind {
    const char *name; /* torchmetrics' */
    const char *summary;
    const Param *params;

    /* Checks that it fits what the loss compares, and the number of outputs. False after reporting. */
    bool (*check)(Diag *diag, const Args *args, const LossKind *loss, int64_t outputs);
    const char *runtime; /* the nc_ function that adds it to the run, and what that takes: ", 5, 1" */
    const char *(*arguments)(Arena *arena, const Args *args, const LossKind *loss);

    /* What its number is called where it is printed (runtime/step/metric_names.h); NULL, or what the function gives is:
     * it has none. */
    const char *(*printed)(Arena *arena, const Args *args);
    Help help;
} MetricKind;

typedef struct OptimizerKind {
    const char *name;
    const char *summary;
    const Param *params;
    bool (*check)(Diag *diag, const Args *args);

    /* The runtime's call: name of the nc_ function; its arguments after the run are the signature's that are not
     * refused, in order. */
    const char *runtime;
    Help help;
} OptimizerKind;

enum { EXTENT_UNKNOWN = -1, CLASSES_UNKNOWN = -1 };

typedef struct SchedulerKind {
    const char *name;
    const char *summary;
    const Param *params;
    const char *runtime; /* the nc_ function that makes it; its arguments after the run are as of an optimizer */
    bool (*check)(Arena *arena, Diag *diag, Args *args); /* NULL: nothing; may turn `_` into what the runtime takes */
    bool several;        /* its first argument is a list of schedulers */
    bool metric;         /* it looks at a metric of an epoch */
    int cycles;          /* the place of cycle_momentum; 0: it has none */
    Help help;
} SchedulerKind;

typedef struct InitialiserKind {
    const char *name; /* torch's, "normal_" */
    const char *summary;
    const Param *params; /* torch's without the tensor */

    /* What it makes of one parameter. False after reporting what does not fit. */
    bool (*fill)(Diag *diag, const Args *args, const Parameter *parameter, Fill *fill);
    Help help;
} InitialiserKind;

/* A data set may be made of others, its first argument: a part of one, or several one after the other. */
typedef enum DataView { VIEW_NONE, VIEW_SPLIT, VIEW_SUBSET, VIEW_CONCAT } DataView;

typedef struct DatasetKind {
    const char *name;
    const char *summary;
    const Param *params;

    /* What one sample is, from the arguments alone: extents that only the files know are EXTENT_UNKNOWN. `classes` is 0
     * for a regression, CLASSES_UNKNOWN where only the files know. False after reporting. */
    bool (*describe)(Arena *arena, Diag *diag, const Args *args, Shape *sample, int *classes);
    const char *runtime; /* the nc_ function that opens it; its arguments after the run are the signature's */
    bool bytes;          /* samples are bytes, until ToTensor makes floats of them */
    Help help;
    bool table;          /* rows of numbers: transforms are those of STAGE_TABLE, and targets what the loss takes */
    bool (*masks)(const Args *args); /* whether a sample has a class for each of its pixels; NULL: it has not */
    DataView view; /* then describe only looks at the other arguments; sample and classes are those of the others */
} DatasetKind;

/* Where a transform stands: before ToTensor samples are pictures of bytes, behind it tensors; or it is for tables. */
typedef enum TransformStage { STAGE_PICTURE, STAGE_TO_TENSOR, STAGE_TENSOR, STAGE_EITHER, STAGE_TABLE } TransformStage;

typedef struct TransformKind {
    const char *name;
    const char *summary;
    const Param *params;

    /* What comes out of a sample shaped `in`, of which extents may be EXTENT_UNKNOWN. False after reporting. */
    bool (*check)(Arena *arena, Diag *diag, const Args *args, Shape in, Shape *out);
    const char *runtime; /* the nc_ function that adds it to a dataset */
    TransformStage stage;
    bool moves;  /* pixels may be elsewhere behind it, or of another number */
    bool scales; /* numbers come out of another size: training and test data want it alike */
    bool chance; /* it draws random numbers: a sample is another one in each epoch */
    bool floats; /* behind ToTensor: more than a table of what each byte stands for: the model must be given floats */
    Help help;

    /* Of a transform behind ToTensor that makes (x - shift) / scale of each number of a channel: these two. NULL: it is
     * another one. */
    void (*linear)(const Args *args, int channel, float *shift, float *scale);

    /* What the runtime's function takes after the dataset: ", 224, 224"; NULL: the arguments as the signature has
     * them. */
    const char *(*arguments)(Arena *arena, const Args *args);
} TransformKind;

typedef struct Transform {
    const TransformKind *kind;
    Args args;
} Transform;

/* ---- Settings and words ------------------------------------------------------------------------------------------ */

/* The settings of a train block. The first argument stands for the setting itself: train.epochs, train.log, but
 * train.log.every. */
typedef enum SettingKind {
    SET_SEED,
    SET_DEVICE,
    SET_THREADS,
    SET_LOAD,
    SET_DATA,
    SET_TEST,
    SET_LOSS,
    SET_OPTIMIZER,
    SET_EPOCHS,
    SET_LOG,
    SET_REPORT,
    SET_SAVE,
    SET_STOP,
    SET_INIT,
    SET_FREEZE,
    SET_SCHEDULER,
    SET_CLIP,
    SET_ACCUMULATE,
    SET_SHARDS,
    SET_LOOKAHEAD,
    SET_PRECISION,
    SET_METRICS,
    SET_COUNT,
} SettingKind;

typedef struct SettingInfo {
    const char *name;
    const char *takes; /* what stands behind the name before `params`: "LOSS(...)"; or NULL */
    const char *summary;
    const Param *params;
    Help help;
} SettingInfo;

extern const SettingInfo vocabulary_settings[SET_COUNT + 1]; /* ends with a nameless one (settings.c) */

/* A word of the language itself. */
typedef struct Word {
    const char *name, *summary;
    Help help;
} Word;

extern const Word vocabulary_words[]; /* ends with a nameless one (words.c) */

/* ---- The tables (table.c); each ends with NULL ------------------------------------------------------------------- */

extern const LayerKind *const vocabulary_layers[];
extern const LossKind *const vocabulary_losses[];
extern const OptimizerKind *const vocabulary_optimizers[];
extern const SchedulerKind *const vocabulary_schedulers[];
extern const InitialiserKind *const vocabulary_initialisers[];
extern const MetricKind *const vocabulary_metrics[];
extern const DatasetKind *const vocabulary_datasets[];
extern const TransformKind *const vocabulary_transforms[];

/* All of them, whatever their kind. */
typedef struct Noun {
    int group; /* its place in vocabulary_groups */
    const char *name, *summary;
    const Param *params;
    const Help *help;
} Noun;

typedef struct NounGroup {
    const char *plural, *singular;
    const char *module; /* where its counterparts are: "torch.nn"; NULL: they are the language's own */
} NounGroup;

extern const NounGroup vocabulary_groups[]; /* ends with a nameless one */

/* The noun at a place in the order of the tables; false behind the last. */
bool vocabulary_noun(int place, Noun *noun);

/* torchvision's named values, which stand for strings: InterpolationMode.BILINEAR is "bilinear". Ends with a nameless
 * one. */
typedef struct Enumerator {
    const char *name, *value;
} Enumerator;
extern const Enumerator vocabulary_enumerators[];

/* Functions of torch's that do what a layer does: `flatten(1)` in a body is an operation, and no child of it. */
typedef struct Operation {
    const char *name;      /* without its module: torch, torch.nn.functional */
    const LayerKind *kind; /* whose arguments it takes */
    int needs;             /* so many of them at least, where torch's own default is for the batch */
} Operation;

/* The function with this name, which may have its module in front; NULL when there is none. */
const Operation *vocabulary_operation(const char *name);

/* The layer in which branches meet whose name, in lower case, this is: `residual { ... }` in a body does what Residual
 * does, but its layers are children of the body. NULL when there is none. */
const LayerKind *vocabulary_joint(const char *name);

/* What torch or torchvision has under this name though netc has not (refused.c): what to say of it, "is a layer of
 * torch's that netc does not support yet"; NULL when unknown. */
const char *vocabulary_refused(const char *name);

/* What does here what a function of torch does, F.relu, torch.flatten, x.view: "ReLU()"; NULL when unknown. */
const char *vocabulary_function(const char *name);

/* ---- torch's objects (torch.c) ----------------------------------------------------------------------------------- */

/* The attributes of the object that torch has for a layer, as the inside of a Python dict: "'in_channels': 3, ...". */
const char *torch_attributes(Arena *arena, const Layer *layer);

/* Adds an attribute, whose value is formatted as by printf. */
void torch_add(TorchAttributes *out, const char *name, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What print(model) shows of a layer: "Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1))". */
void torch_print_layer(Text *out, const Layer *layer);

/* Whether an argument is an attribute of such objects, under its name. */
bool torch_is_attribute(const LayerKind *kind, const Param *param);

/* An argument as Python, and .net, write it. `tuples`: sizes as tuples; `shortly`: as numbers where that says the same;
 * else as they were given. */
typedef enum TorchSizes { TORCH_GIVEN, TORCH_TUPLES, TORCH_SHORT } TorchSizes;
const char *torch_argument(Arena *arena, const Param *param, const Arg *arg, TorchSizes sizes);

/* The arguments of a layer in a call, without those that are as by default: "3, 64, 3, padding=1". */
const char *torch_arguments(Arena *arena, const Layer *layer);

/* "(3, 3)", "(3,)" */
const char *torch_tuple(Arena *arena, const int64_t *numbers, int count);

/* A float as Python's repr writes it: "0.1", "1.0", "1e-05". */
const char *torch_number(Arena *arena, double number);

/* ---- Helpers for the nouns (signature.c, shared.c) --------------------------------------------------------------- */

/* The place of a parameter name in a signature, -1 when it has none. */
int signature_find(const Param *params, const char *name);

/* "Conv2d(in_channels, out_channels, kernel_size, stride=1, padding=0, ...)"; of a setting "log FOLDER, every=100" */
const char *signature_text(Arena *arena, const char *name, const Param *params);

/* A value that the program gives: a constant expression, folded. */
typedef enum ConstantKind {
    CONSTANT_BROKEN, /* it was reported: everything made of it is silent */
    CONSTANT_INT,
    CONSTANT_FLOAT,
    CONSTANT_BOOL,
    CONSTANT_STRING,
    CONSTANT_NONE,
    CONSTANT_INFER, /* _ */
    CONSTANT_DATA, /* s: the name of a data set */
    CONSTANT_SEQUENCE,
    CONSTANT_TRANSFORMS, /* s: the name of the constant that holds them */
    CONSTANT_NOUN, /* s: the name of a layer, or of a block */
    CONSTANT_DICT, /* items: keys and values in turn */
} ConstantKind;

typedef struct Constant {
    ConstantKind kind;
    int64_t i; /* INT, BOOL */
    double f;  /* FLOAT */
    const char *s;
    Span span; /* of an item of a sequence or a dict, as it is written */
    const struct Constant *items; /* SEQUENCE, DICT */
    int count;
    const struct Block *block; /* NOUN: model/build.h; NULL: s is a layer */
} Constant;

/* An argument as the program gives it. */
typedef struct Given {
    const char *name; /* NULL: by its place */
    Span name_span;
    Constant value;
    Span span; /* of the value */
} Given;

/* Whether an argument of this type may be the string `word`. */
bool signature_takes_word(ArgType type, const char *word);

/* Binds what is given to a signature, as Python does, and fills in the defaults. False after reporting what does not
 * fit: unknown, repeated, missing or refused arguments, wrong types. `name` is the noun, `call` the whole call. */
bool signature_bind(Arena *arena, Diag *diag, const char *name, const Param *params, const Given *given, int count,
                    Span call, Args *args);

/* "3", "(3, 5)", "True", "a string": a constant for messages. */
const char *constant_text(Arena *arena, Constant constant);

/* Adds the note that tells where a layer's input comes from: "Flatten gives 1024 = 64*4*4 here". */
void layer_note_input(Arena *arena, Diag *diag, const Layer *layer);

/* "64*4*4": the product that Flatten makes of a shape. */
const char *shape_product(Arena *arena, Shape shape);

/* Whether torch gives the output of such a layer the memory of its input. */
bool layer_is_view(const Layer *layer);

/* Reports a layer of which `what` ("an output", "a weight") has more elements than netc can index. False then. */
bool layer_check_size(Arena *arena, Diag *diag, const Layer *layer, Shape shape, const char *what);

/* Parts of shape rules: the input is C,H,W, or C,L (`for_images`: the layer that images take); argument `place` is a
 * positive number; both of a pair are at least `least`; the window has somewhere to stand. False after reporting. */
bool layer_expect_image(Arena *arena, Diag *diag, const Layer *layer);
bool layer_expect_sequence(Arena *arena, Diag *diag, const Layer *layer, const char *for_images);
bool layer_check_positive(Diag *diag, const Layer *layer, int place);
/* The input's channels are argument `in`, filled in where it is `_`; `groups` divides them and argument `out`. */
bool layer_check_channels(Arena *arena, Diag *diag, Layer *layer, int in, int out, int groups);
bool layer_check_pair(Diag *diag, const Layer *layer, int place, int least);
bool layer_check_window(Arena *arena, Diag *diag, const Layer *layer, const Window *window, int place);

/* The arguments that say a window, by their places in the signature; -1: there is none, and it is as by default. */
typedef struct WindowPlaces {
    int kernel, stride, padding, dilation;
} WindowPlaces;

/* The window that they say: over both axes of an image, or along a sequence. */
Window layer_window(const Layer *layer, WindowPlaces places);

/* What windows make of an input: `channels` of as many pixels. */
Shape layer_window_shape(const Layer *layer, int64_t channels, const Window *window);

/* The most elements of a pool's window: which one was largest is kept in two bytes. */
enum { MAX_WINDOW = 65536 };

/* "uniform(-0.5, 0.5)", "0": what a parameter begins as. */
const char *fill_text(Arena *arena, const Fill *fill);

/* The name of a layer's value: "conv2d_features_0". */
const char *layer_value_name(Arena *arena, const Layer *layer);

/* Adds a parameter to a layer: name "weight" becomes "features.0.weight". */
Parameter *layer_parameter(Arena *arena, Layer *layer, const char *name, Shape shape, InitKind init, double low,
                           double high);

/* Adds what the layer itself keeps, beginning at `value`: torch's register_buffer. */
Parameter *layer_buffer(Arena *arena, Layer *layer, ParameterKind kind, const char *name, Shape shape, double value);

/* torch's default of Conv and Linear, kaiming_uniform_(a=sqrt(5)): the weight's bound, in double, as torch computes it:
 * sqrt(3) * (sqrt(2 / (1 + sqrt(5)^2)) / sqrt(fan_in)); and the bias's, 1 / sqrt(fan_in). */
double init_weight_bound(int64_t fan_in);
double init_bias_bound(int64_t fan_in);

/* Adds the parameters of a linear layer or a convolution, drawn as torch's default has it: weight, and bias unless
 * `biases`, how many there are, is 0. */
void layer_weight_and_bias(Arena *arena, Layer *layer, Shape weight, int64_t fan_in, int64_t biases);

#endif
