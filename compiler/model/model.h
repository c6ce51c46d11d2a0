/* Model: what a .net file means. Names are bound, constants folded, defaults filled in, shapes inferred and checked.
 * From here on nothing of the text is needed but its spans. */
#ifndef NETC_MODEL_MODEL_H
#define NETC_MODEL_MODEL_H

#include "base/diag.h"
#include "graph/graph.h"
#include "vocabulary/vocabulary.h"

typedef struct Syntax Syntax; /* syntax/tree.h */

/* A module of a model, as torch has them: a layer, or what holds others: the model itself, a Sequential, a block. Its
 * `children` are in torch's order, that of print(model) and of the state_dict; its `steps` say what is applied, in
 * order: children, each once or several times, and operations (`flatten(1)`), which are modules without a name. */
typedef struct Module {
    const char *name;  /* among its siblings: "conv1", "0"; NULL: an operation, which is no child */
    Span name_span;    /* where the file gives it; or of the call */
    const char *path;  /* "layer1.0.conv1" */
    const char *title; /* the class: "Conv2d", "Sequential", "BasicBlock" */
    const char *text;  /* of what holds others, for tables: "BasicBlock(planes=64)" */
    const Syntax *syntax; /* its call; of braces their body */
    bool broken;          /* what it is was not understood, and reported: nothing is known of what follows it */
    const LayerKind *kind; /* of a layer */
    bool elsewhere;        /* an `if` of its body would apply it where its condition were another one */

    const struct Block *block; /* whose use it is, or NULL */
    bool frozen;               /* by a change: its parameters do not learn */
    const LayerKind *joint;    /* in which the branches meet that its steps make (LayerKind.branches); NULL: none */
    VEC(struct Module *) children;
    StringSet named; /* the children by their names, as its body gives them: changes to the model leave it as it is */
    VEC(struct Module *) steps;
    struct Module *shortcut;

    const struct File *file;    /* where it stands in the text, and */
    const struct Locals *scope;  /* the constants that are known there; */
    const struct Locals *inside; /* in its own body; */
    const struct File *inside_file;
    VEC(const Syntax *) inits;  /* `init` items of its body */

    const struct Network *network; /* that was built of it last, */
    Layer *layer;                  /* and its layer there */
    int first, last;               /* that network's first layer that is in it, and the one behind its last */
} Module;

/* How a parameter begins, by an `init` or as its layer has it. */
typedef struct Init {
    const Parameter *parameter;
    Fill fill;
} Init;

/* A model with its shapes. */
typedef struct Network {
    const char *name;
    Span span;         /* of the name */
    Shape input;       /* of one sample: 3x32x32 */
    Shape output;
    int64_t tokens;    /* not 0: the input is whole numbers from 0 to tokens - 1 */
    Module *root;
    VEC(Layer *) layers;     /* in the order in which they are applied */
    VEC(const Module *) groups; /* what holds layers and is shown, outer ones before inner ones */
    VEC(Parameter *) parameters; /* in torch's order: layer by layer, weight then bias */
    VEC(Init) draws;   /* initial values in the order in which torch draws them: layers', and those of `init` items */

    /* Of a model that is another one, changed: */
    const struct Network *base; /* that one, unchanged; its parameters know what became of them (Parameter.now) */
    const char *weights;        /* the file that its parameters are loaded from before the change, or NULL */
} Network;

/* What a parameter of a model that was changed is in `network`, which was made of it; NULL: it is gone. */
const Parameter *parameter_now(const Network *network, const Parameter *parameter);

/* Whether a network, or one that it was made of, begins with a file of weights. */
bool network_has_weights(const Network *network);

/* `data NAME = Kind(args) { transforms }`; of `data A, B = random_split(...)` each is one. */
typedef struct Data {
    const char *name;
    Span span;
    const DatasetKind *kind;
    Args args;
    VEC(Transform) transforms;
    const char *variable; /* what the C calls it: its name where C allows it, but for copies */
    bool copied;          /* of the file's data set of this name, with other transforms */
    VEC(struct Data *) of; /* the data sets that a view is made of */
    int part;              /* of a split: which */
    bool bytes; /* a sample can be handed to the model as bytes, with a table of what each stands for */
} Data;

/* Where `data` or `test` of a train block loads from. */
typedef struct Loader {
    const Data *data; /* NULL: not given */
    Span span;
    int batch_size;
    bool shuffle, drop_last;
    int num_workers, prefetch_factor; /* prefetch_factor: batches ahead for each worker */
    int every;         /* of the test data: epochs from one test to the next */
    const char *views; /* of each test sample: "mirror", "mirror_translate"; or NULL */
} Loader;

/* Parameters with settings of their own: torch's param_group. */
typedef struct OptimizerPart {
    const char *name; /* as the file has it */
    Span span;
    VEC(Parameter *) parameters;
    Args args;          /* all of the optimizer's */
    bool own[MAX_ARGS]; /* those that are not as for the others */
} OptimizerPart;

/* `scheduler`, or one in the list of another. */
typedef struct Scheduler {
    const SchedulerKind *kind;
    Args args;
    Span span;
    VEC(struct Scheduler *) children;
} Scheduler;

/* What a scheduler looks at: the runtime's NC_METRIC_... of the same names. */
typedef enum Metric {
    METRIC_NONE,
    METRIC_TEST_LOSS,
    METRIC_TEST_ACCURACY,
    METRIC_TRAIN_LOSS,
    METRIC_TRAIN_ACCURACY,
    METRIC_COUNT,
} Metric;

/* Of a `metrics` statement. */
typedef struct Measure {
    const MetricKind *kind;
    Args args;
    Span span;
} Measure;

typedef struct Train {
    Network *network;
    Span span;
    bool has_seed;
    uint64_t seed;
    double precision; /* the most that a kernel's sums may be off (targets/cpu/rounding.h). 0, `exact`: they are the
                       * definition's sums of products; INFINITY, `default` */
    Span precision_span;
    bool tf32;        /* a GPU may round the factors of products to 10 bits (targets/gpu) */
    const char *device; /* "cuda:1", "opencl", "auto"; NULL: cpu */
    int shards;  /* into which a batch is cut; 0: as many as suit it */
    int threads; /* 0: as many as there are processors */
    int epochs;
    Loader data, test;
    const LossKind *loss;
    Args loss_args;
    Span loss_span;
    const OptimizerKind *optimizer;
    Args optimizer_args;
    Span optimizer_span;
    VEC(OptimizerPart) parts;
    double clip_norm, clip_value; /* 0: none */
    int accumulate;               /* batches that make an update */
    Scheduler *scheduler;         /* NULL: none */
    bool every_batch;             /* it steps after each update; else after each epoch */
    Metric metric;
    VEC(Init) inits;
    VEC(Measure) measures;
    bool logs;
    const char *log;  /* folder; NULL: one named by the date */
    int log_every;    /* steps; 100 where not given */
    int log_images;   /* samples that are shown each epoch */
    VEC(const Layer *) log_layers; /* and behind these what they give */
    bool log_histograms, log_graph;
    const char *report; /* the page that shows the log, or NULL */
    const char *save; /* pattern with {epoch} and {step}, or NULL */
    bool save_whole;        /* the model, not its parameters alone */
    int save_keep;          /* files that stay; 0: all */
    int save_every;         /* 0: each epoch */
    const char *save_unit;  /* that it counts: "step", "epoch" */
    const char *save_best;  /* the printed name of a metric, or NULL */
    const Args *lookahead;  /* of `lookahead`; or NULL */
    const Args *stop;       /* of `stop`, with the printed name of its metric; or NULL */
    const char *load; /* file, or NULL */
    const char *load_prefix; /* what the names in it begin with, or NULL */
    const char *const *load_renames; /* [2 * load_rename_count] children in it, and what they are called here */
    int load_rename_count;
    bool load_loose;  /* strict=False: it may lack parameters, and have others */
} Train;

/* What a view is a view of in the end: of several the first. */
const Data *data_source(const Data *data);

/* Whether samples come to the model as bytes: both sets must be able to. */
bool train_takes_bytes(const Train *train);

typedef struct Program {
    const Source *source;
    VEC(Network *) networks;
    VEC(Data *) data;
    Train *train; /* NULL: the file only describes models */
} Program;

/* A value of the file that the command line replaces: path "train.optimizer.lr", text "0.1". */
typedef struct Override {
    const char *path, *text;
} Override;

/* Binds and checks `syntax`. Reports everything wrong through `diag`; NULL when there was an error. */
Program *model_build(Arena *arena, Diag *diag, const Source *source, const Syntax *syntax, const Override *overrides,
                     int override_count);

/* The graph of the forward pass and the loss, of the program's train block (of its only network, with no loss, when
 * there is none). row: without a loss too, the output's elements are in a row, in torch's order. */
Graph *model_lower(Arena *arena, const Program *program, bool row);

/* An object of torch's that a model is made of: an nn.Sequential, or what `layer` is. */
typedef struct Object {
    const char *name; /* among its siblings; "" of the model itself */
    int depth;
    const Layer *layer;
} Object;
typedef VEC(Object) ObjectList;

/* The objects of a network, each before those that are in it. */
void network_objects(Arena *arena, const Network *network, ObjectList *objects);

/* Whether torch has objects for all of it. False after reporting, at `span`. */
bool network_check_objects(Arena *arena, Diag *diag, const Network *network, Span span);

void model_print(Text *out, const Program *program);

#endif
