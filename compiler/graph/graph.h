/* Graph: what a step computes, as a DAG of operations over typed tensors whose shapes are known.
 *
 * Operations stand in an order in which every value is made before it is used.  Activations and their gradients are
 * batched: their shape is that of one sample, and the batch is an implicit first dimension.  Parameters and their
 * gradients are not.  The vocabulary's layers build the forward part (`lower`), passes/autodiff.c the backward part. */
#ifndef NETC_GRAPH_GRAPH_H
#define NETC_GRAPH_GRAPH_H

#include <stdint.h>

#include "base/set.h"
#include "base/source.h"
#include "base/text.h"
#include "base/vec.h"
#include "graph/ops/list.h"
#include "graph/role.h"

enum { MAX_RANK = 5, MAX_INPUTS = 6, MAX_OUTPUTS = 2 };
enum { MAX_SAMPLE_RANK = 3 }; /* what kernels know: channels, rows, columns */

typedef struct Shape {
    int rank;
    int64_t dim[MAX_RANK];
} Shape;

typedef enum DType { TYPE_F32, TYPE_I64, TYPE_U8 } DType;

typedef enum OpKind {
#define ENTER_OP(NAME, name) OP_##NAME,
    OPS(ENTER_OP)
#undef ENTER_OP
    OP_COUNT
} OpKind;

/* A sliding window: of a convolution or a pool. [0] is vertical, [1] horizontal; over a sequence it is one row high. */
typedef struct Window {
    int kernel[2], stride[2], padding[2], dilation[2];
    int groups;     /* convolutions; 1 otherwise */
    bool ceil_mode; /* pools */
    bool adaptive;  /* pools: as many windows as the output has elements share the input, from floor(i * in / out) to
                     * ceil((i + 1) * in / out) of an axis: `kernel` is at least as large as any; the rest is unused */
    int left_out[2]; /* so many windows at the end are none: where a transposed convolution gives more than it reads */
} Window;

/* An average over windows. */
typedef struct AveragePool {
    Window window;
    bool include_pad;
    int64_t divisor; /* 0: the number of elements */
} AveragePool;

typedef enum ActivationKind {
#define ACTIVATION(NAME, name, source, where) ACTIVATION_##NAME,
#include "graph/activations.def"
#undef ACTIVATION
    ACTIVATION_COUNT
} ActivationKind;

/* An element-wise activation with its arguments. */
typedef struct Activation {
    ActivationKind kind;
    double a, b;
    bool moves_zero; /* makes something else of 0: what pads the channels must be cleared behind it */
} Activation;

/* "leaky_relu" */
const char *activation_name(ActivationKind kind);

/* Whether the kernel that makes what goes into it computes it too. */
bool activation_fuses(ActivationKind kind);

/* What the losses of the batch become: their mean over samples (or what those weigh) and outputs, their sum, or the sum
 * over outputs of their mean over samples. */
typedef enum Reduction { REDUCE_MEAN, REDUCE_SUM, REDUCE_BATCH_MEAN } Reduction;

/* What a loss is, beside its formula, which the runtime has. */
typedef struct LossSettings {
    const char *runtime; /* the runtime's function: "nc_cross_entropy" */
    bool classes;        /* targets are class numbers; otherwise floats shaped like the output */
    int64_t places;      /* CLASSES: an output is [classes][places], each place of a class of its own */
    Reduction reduction;
    double label_smoothing;
    int64_t ignore_index;     /* CLASSES: the number that counts nothing */
    double threshold;         /* where a loss passes from squares to absolute values */
    bool log_target;          /* targets are logarithms */
    bool labels_only;         /* CLASSES: their numbers, and not their probabilities, as the data have it */
    const double *weight, *pos_weight; /* of each class or output; NULL: 1 */
} LossSettings;

/* What an image is padded with; all but zeros are made of itself. */
typedef enum PadMode { PAD_ZEROS, PAD_REFLECT, PAD_REPLICATE, PAD_CIRCULAR } PadMode;

/* Which elements one of another size is made of: the nearest one, or the two beside it in each direction; where corners
 * are aligned, the outermost elements lie upon each other. */
typedef enum UpsampleMode { UPSAMPLE_NEAREST, UPSAMPLE_EXACT, UPSAMPLE_LINEAR, UPSAMPLE_ALIGNED } UpsampleMode;

/* What dropout draws a number for. DROP_SAMPLES and DROP_BATCH draw where p is 1 too, as torchvision does. */
typedef enum DropoutUnit { DROP_EACH, DROP_SAMPLES, DROP_BATCH } DropoutUnit;

/* What an operation needs beside its inputs. */
typedef union Attributes {
    Window window;         /* CONV2D*, MAX_POOL2D* */
    AveragePool average;   /* AVG_POOL2D* */
    struct {
        double p;
        DropoutUnit unit;
    } dropout;             /* DROPOUT* */
    bool log;              /* SOFTMAX* */
    Activation activation; /* ACTIVATION* */
    struct {
        int64_t pixels;    /* of a channel of a sample */
        int64_t groups;    /* of channels: GROUP_STATISTICS */
        double eps, momentum;
        bool cumulative;   /* the running statistics are means over all batches: momentum=None */
        bool several;      /* a batch of one sample is refused where that gives a single value, as torch does */
    } norm;                /* BATCH_STATISTICS*, KEPT_STATISTICS, GROUP_STATISTICS* */
    struct {
        int64_t top, left; /* the image begins so far inside; negative: so much of it is cut off */
        PadMode mode;      /* EXTEND2D* */
        double value;      /* PAD2D: what is put around it */
    } pad;                 /* PAD2D, EXTEND2D* */
    struct {
        bool bag, mean;    /* the sum of the rows, or their mean */
        int64_t padding;   /* the row that learns nothing, and is left out of a bag; -1: none */
    } embedding;           /* EMBEDDING* */
    struct {
        UpsampleMode mode;
        float step[2];     /* in x, vertically and horizontally, from one element of y to the next */
    } upsample;            /* UPSAMPLE2D* */
    struct {
        int64_t first;     /* the place of the part's first channel in the whole */
    } concat;              /* CONCAT_GRAD */
    bool bytes;            /* INPUT: the loader hands over bytes, otherwise floats */
    const LossSettings *loss; /* LOSS* */
} Attributes;

struct Op;
struct Parameter;
typedef struct OpInfo OpInfo; /* what an operation is: graph/op.h */

typedef struct Value {
    int id;           /* its place in Graph.values */
    const char *name; /* for people: "conv_0", "d_conv_0", "0.weight" */
    const char *identifier; /* the same for C: "0_weight"; no other value's */
    DType type;
    Shape shape;
    bool batched;
    struct Op *producer;
    int output;                        /* which output of the producer */
    const struct Parameter *parameter; /* of OP_PARAMETER, and of a parameter's gradient */
    struct Value *gradient;            /* of a forward value, after autodiff; NULL where none is needed */
    bool shown;                        /* it is in Graph.shown: evaluation stores it */
} Value;

/* What a layer gives, which the log shows. */
typedef struct ShownLayer {
    const char *name; /* "features.0: Conv2d" */
    Value *value;
} ShownLayer;

typedef struct Op {
    OpKind kind;
    const OpInfo *info; /* the row of its kind */
    int id; /* its place in Graph.ops */
    Value *in[MAX_INPUTS]; /* NULL: an absent optional input */
    Value *out[MAX_OUTPUTS];
    Attributes attr;
    const char *layer; /* the path of the layer it came from: "features.0"; "" for input, target, loss */
    Span span;         /* of that layer in the source */
    bool backward;     /* made by autodiff */
} Op;

typedef struct Graph {
    Arena *arena;
    VEC(Value *) values;
    VEC(Op *) ops;
    StringSet names; /* identifiers of the values */
    Value *input, *target, *output, *loss; /* output: what the model gives, the loss's first input */
    VEC(ShownLayer) shown;
    bool evaluates; /* it is the graph of evaluation mode (passes/evaluation.c) */
} Graph;

Graph *graph_new(Arena *arena);

/* Where new operations come from and point to. */
typedef struct Builder {
    Graph *graph;
    const char *layer;
    Span span;
    bool backward;
} Builder;

/* Appends an operation and its outputs. `out` gets one shape per output. Returns the operation; its first output is
 * op->out[0]. Types are those of the operation's row; where that has none, F32 unless the caller changes it. */
Op *graph_op(Builder *builder, OpKind kind, const char *name, Value *const *in, const Shape *out, Attributes attr);

/* Shorthand for an operation with one output. */
Value *graph_value(Builder *builder, OpKind kind, const char *name, Value *a, Value *b, Value *c, Shape shape,
                   Attributes attr);

/* Appends copies of another graph's values and operations; returns the copies by the id of the value there. */
Value **graph_append(Graph *to, const Graph *from);

Shape shape_of(int rank, const int64_t *dim);
bool shape_equal(Shape a, Shape b);
int64_t shape_count(Shape shape); /* product; 1 for rank 0 */
Shape shape_places(Shape shape);  /* what is behind the first dimension: H,W of C,H,W; rank 0 of a row */
const char *shape_text(Arena *arena, Shape shape); /* "3x32x32"; "1" for rank 0 */

/* What kernels see of a sample: an image C,H,W; of a sequence C,L one row of pixels, C,1,L; of a row of features one
 * pixel. And of a convolution's weight: O,I,H,W; of a sequence's O,I,K filters of one row, O,I,1,K. */
Shape shape_image(Shape sample);
Shape shape_filters(Shape weight);

const OpInfo *op_info(OpKind kind);
const char *op_name(OpKind kind);       /* "CONV2D" */
bool op_is_transposed(OpKind kind);     /* OpInfo.transposed */
bool op_is_elementwise(OpKind kind);    /* OpInfo.elementwise */
int op_input_count(OpKind kind);
int op_output_count(OpKind kind);

/* The input, or the output, with this role. NULL: absent, or the operation has none such. */
Value *op_in(const Op *op, Role role);
Value *op_out(const Op *op, Role role);

/* Multiplications that are added up in the forward pass of a sample, by the definition: of a layer's operations, or of
 * all (NULL). */
int64_t graph_multiply_adds(const Graph *graph, const char *layer);

/* Whether a value is among its inputs. */
bool op_reads(const Op *op, const Value *value);

/* What it is called in the emitted C: "conv2d_features_0", as its first output; in the backward pass by its row, with
 * its layer's path: "conv2d_features_0_grad_weight". */
const char *op_identifier(Arena *arena, const Op *op);

/* The output extent of a window along one axis, as torch computes it; may be <= 0 when it does not fit. */
int64_t window_extent(const Window *window, int axis, int64_t in);

/* Ends in fail_bug when the graph breaks a rule: order, arity, types, shapes. `after` names the pass to blame. */
void graph_verify(const Graph *graph, const char *after);

/* One line an operation: "%5 d_conv_0 : f32 [N,32,32,32] = max_pool2d_grad %4 %2   # 1 cifar10.net:4". */
void graph_print(Text *out, const Graph *graph);

#endif
