/* Quantize: a trained model in integers of 8 bits, by the scheme of TensorFlow Lite's specification ("TensorFlow Lite
 * 8-bit quantization specification"):
 *
 *     activations   real = scale * (q - zero), q from -128 to 127, one scale and one zero for a tensor; its range, of
 *                   which 0 is always a part, is what a set of samples has shown
 *     weights       real = scale * q, q from -127 to 127, a scale for each output
 *     sums          of 32 bits; a bias is a whole number of scale of x * scale of w, so that it only has to be added
 *
 * Two roundings are all there are. A real becomes the nearest integer, and halves go away from 0 (quantized()). An
 * integer goes from one scale to another by `Rescale`, and halves go up: there the specification leaves a choice, and
 * this is its single rounding. What makes several such steps in the specification is one here: a sum of two tensors
 * adds both at the precision of 64 bits, and is rounded once.
 *
 * Needs: kernels of the graph of evaluation mode, in which a norm by running statistics and an activation that cuts off
 * are part of what stands in front of them (quantize_fuses).
 * Guarantees: IntegerKernels, which know no target. No sum overflows. Values are images, channels last: what an image
 * becomes, RESHAPE says. */
#ifndef NETC_PASSES_QUANTIZE_H
#define NETC_PASSES_QUANTIZE_H

#include "base/diag.h"
#include "passes/kernel_graph.h"

enum { INT8_LEAST = -128, INT8_MOST = 127, INT8_TABLE = 256 };

/* What a value was seen to be. */
typedef struct Range {
    float low, high;
} Range;

/* Of a value: real = scale * (q - zero). */
typedef struct Quantization {
    float scale;
    int zero;
} Quantization;

/* An integer n becomes n * multiplier / 2^shift. multiplier is from 2^30 to 2^31 - 1, or 0; shift from 1 to 62. */
typedef struct Rescale {
    int32_t multiplier;
    int shift;
} Rescale;

typedef enum IntegerKind {
    INTEGER_PRODUCT, /* convolutions, linear layers, and norms that stand alone: of windows of one pixel in groups of
                      * one channel */
    INTEGER_MAX,     /* of windows: x and y have one scale */
    INTEGER_AVERAGE, /* of windows */
    INTEGER_SUM,
    INTEGER_MULTIPLY, /* b is like a, or has one number for each channel */
    INTEGER_TABLE,   /* y of each of the 256 x */
    INTEGER_CONCAT,  /* all have one scale; so in what follows */
    INTEGER_RESHAPE,
    INTEGER_PAD,
} IntegerKind;

typedef struct IntegerKernel {
    IntegerKind kind;
    const Op *op; /* what it is about */
    const Value *in[MAX_INPUTS], *out;
    Window window;         /* PRODUCT, MAX, AVERAGE */
    bool alike;            /* AVERAGE: what all windows are divided by is in `rescale`; else each has its own number */
    const int8_t *weight;  /* PRODUCT: [outputs][rows][columns][channels of a group] */
    const int32_t *bias;   /* PRODUCT: [outputs] */
    const Rescale *rescale; /* of the sum that it makes; PRODUCT: [outputs]; SUM: [2], of a and of b, by one shift */
    int low, high;         /* y is cut off there */
    const int8_t *table;   /* TABLE: [INT8_TABLE], first of x = -128 */
    int fill;              /* PAD: what is put around */
} IntegerKernel;

typedef struct IntegerGraph {
    Arena *arena;
    const Graph *graph;
    Quantization *of;     /* by value id; of values that no kernel stores: nothing */
    VEC(IntegerKernel *) kernels;
    const Value *output;  /* the last value in integers: what the model gives, or */
    const Op *softmax;    /* what goes into this, which is made in float; NULL: there is none */
} IntegerGraph;

/* What is known of a model beside its kernels. */
typedef struct Trained {
    const float *const *parameters; /* by value id; NULL: that value is none */
    const Range *ranges;            /* by value id */
    double (*activation)(const struct Trained *, const Op *op, double t); /* what OP_ACTIVATION makes of t */
    void *context;
} Trained;

/* What is computed together (Fuses). */
bool quantize_fuses(const GraphKernel *kernel, const Op *op);

/* Whether there is a kernel in integers for all of a model; reports each layer that has none. */
bool quantize_check(Diag *diag, const KernelGraph *kernels);

/* NULL where a value or a sum can't be; that is reported. */
const IntegerGraph *pass_quantize(Arena *arena, Diag *diag, const KernelGraph *kernels, const Trained *trained);

/* The integer that is nearest to a real, of a value that has this scale and zero. */
int quantized(Quantization of, double real);

/* What is nearest to a factor. */
Rescale rescale_by(double factor);

/* Within pass_quantize: sets weights, biases and rescales of a product (quantize_product.c). False after reporting. */
bool quantize_product(const IntegerGraph *graph, Diag *diag, const GraphKernel *from, const Trained *trained,
                      IntegerKernel *to);

#endif
