/* What a model is in ONNX's words: nodes, and the tensors that they read beside the input. Operations say what they are
 * there in their rows (OpInfo.onnx); onnx/export.c writes the file. The operators are those of ONNX_OPSET. Values keep
 * their names; their shapes are those of the graph, with the batch in front. */
#ifndef NETC_GRAPH_ONNX_H
#define NETC_GRAPH_ONNX_H

#include "graph/graph.h"

enum { ONNX_OPSET = 20, ONNX_IR_VERSION = 9 };

/* TensorProto's types of elements, by their numbers there. */
enum { ONNX_TENSOR_FLOAT = 1, ONNX_TENSOR_INT32 = 6, ONNX_TENSOR_INT64 = 7, ONNX_TENSOR_BOOL = 9 };

/* AttributeProto's types, by their numbers there. */
typedef enum OnnxKind { ONNX_FLOAT = 1, ONNX_INT = 2, ONNX_STRING = 3, ONNX_INTS = 7 } OnnxKind;

typedef struct OnnxAttribute {
    const char *name;
    OnnxKind kind;
    double f;
    const char *s;
    const int64_t *ints; /* [count]; of ONNX_INT one */
    int count;
} OnnxAttribute;

typedef struct OnnxNode {
    const char *op, *name; /* "Conv", "conv2d_0" */
    VEC(const char *) in;  /* "": an optional input that is absent */
    const char *out;
    VEC(OnnxAttribute) attributes;
} OnnxNode;

/* An initializer: a parameter, or numbers that the operation has. */
typedef struct OnnxTensor {
    const char *name;
    Shape shape;
    const struct Parameter *parameter; /* NULL: numbers, */
    const float *floats;               /* these */
    const int64_t *ints;               /* or these */
} OnnxTensor;

typedef struct Onnx {
    Arena *arena;
    VEC(OnnxNode *) nodes; /* each behind what it reads */
    VEC(OnnxTensor) tensors;
    const char **names;    /* [values of the graph] what each is called */
    const Op *op;          /* the operation that is being said */
    const char *refused;   /* why it can't be; NULL: it can */
} Onnx;

/* Adds a node that makes `out`; `inputs` ends with NULL. */
OnnxNode *onnx_node(Onnx *onnx, const char *op, const char *const *inputs, const char *out);

/* The same of one input and one output, both the operation's own. */
OnnxNode *onnx_simple(Onnx *onnx, const char *op);

/* The same of x, w and, where there is one, the bias. */
OnnxNode *onnx_weighted(Onnx *onnx, const char *op);

void onnx_int(Onnx *onnx, OnnxNode *node, const char *name, int64_t value);
void onnx_ints(Onnx *onnx, OnnxNode *node, const char *name, const int64_t *values, int count);
void onnx_float(Onnx *onnx, OnnxNode *node, const char *name, double value);
void onnx_string(Onnx *onnx, OnnxNode *node, const char *name, const char *value);

/* The attributes of a window over samples of this rank: kernel_shape, strides, pads, and dilations where they are not
 * 1. What a window over a sequence has vertically is left out. `pads`: other ones than the window's, at the beginning
 * of each axis, then at the end of each; or NULL. */
void onnx_window(Onnx *onnx, OnnxNode *node, const Window *window, int rank, const int64_t *pads);

/* The same of a pool, which has one output, x's own, called `out`. NULL after refusing it: its windows are not those of
 * ONNX. */
OnnxNode *onnx_pool(Onnx *onnx, const char *op, const Window *window, const char *out);

/* Makes y, the operation's own output, of a sequence x by swapping its two dimensions; of one that was swapped already,
 * y is what that was before. */
void onnx_swap(Onnx *onnx, const char *x);

/* Whether the windows of an adaptive pool are all of one size and touch each other: then *window is such a one. */
bool onnx_regular(const Op *op, Window *window);

/* The name of a value; of a parameter, its tensor is there. "" of an absent one. */
const char *onnx_value(Onnx *onnx, const Value *value);

/* The same of a parameter whose elements stand under other dimensions: a number a channel as C,1,1. */
const char *onnx_parameter(Onnx *onnx, const Value *value, Shape shape);

/* Tensors of numbers, which are copied. */
const char *onnx_floats(Onnx *onnx, Shape shape, const float *values);
const char *onnx_number(Onnx *onnx, double value); /* without dimensions */
const char *onnx_list(Onnx *onnx, const int64_t *values, int count);

/* A name within the operation that is being said, which no other one has: "conv2d_0_padded". */
const char *onnx_name(Onnx *onnx, const char *suffix);

/* The shape for a number of each of `channels`, beside samples of this rank: C,1,1. */
Shape onnx_channels(int64_t channels, int rank);

/* What the operation's own x and y are called. */
const char *onnx_x(Onnx *onnx);
const char *onnx_y(Onnx *onnx);

/* What the graph computes, one of evaluation mode. Where an operation of it can't be said, `refused` tells why, and
 * `op` is that one. */
Onnx *onnx_of_graph(Arena *arena, const Graph *graph);

#endif
