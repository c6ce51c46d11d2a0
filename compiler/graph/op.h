/* What an operation is. Each stands in one file of graph/ops, as a row of all that is to be known of it: what it takes
 * and gives, its rules, its gradient. Nothing else asks for the kind of an operation where a row can tell. */
#ifndef NETC_GRAPH_OP_H
#define NETC_GRAPH_OP_H

#include "graph/eager.h"
#include "graph/graph.h"
#include "graph/onnx.h"

/* What is said of an input or an output beside its role. */
enum {
    OPTIONAL = 1, /* an input that may be absent */
    BATCHED = 2,  /* the batch is its first dimension */
    EITHER = 4,   /* it may have the batch or not; an output, as the operation's first input */
    ANY_TYPE = 8, /* whoever adds the operation sets the type */
    FIXED = 16,   /* an output that nothing can be learned through: no gradient goes back from it */
};

typedef struct OpPort {
    Role role;
    unsigned flags;
    DType type;
} OpPort;

/* An operation that is being verified. */
typedef struct OpCheck {
    const Graph *graph;
    const char *after; /* the pass to blame */
    const Op *op;
} OpCheck;

/* Ends in fail_bug, which names the operation and the rule, unless it holds. */
void op_must(const OpCheck *check, bool holds, const char *rule);

/* What becomes of an operation in evaluation mode. */
typedef enum Evaluation {
    EVALUATED,       /* it computes the same */
    GIVES_ITS_INPUT, /* its first output is its input */
    NOT_EVALUATED,   /* nothing of evaluation mode reads what it makes */
} Evaluation;

struct OpInfo {
    const char *name;    /* "CONV2D"; in dumps "conv2d" */
    /* What it computes, for comments in the emitted C. "{bias| + b}": what stands there where it has that input; and
     * without this, where it has it not (op_formula). */
    const char *formula;
    OpPort in[MAX_INPUTS + 1], out[MAX_OUTPUTS + 1]; /* both end with ROLE_NONE */

    /* The rules beside those of the ports, which are checked before: of shapes and of attributes. NULL: none. */
    void (*verify)(const OpCheck *check);

    /* Adds the operations that make the gradients. dy[i]: the gradient of op->out[i]; NULL where the loss does not
     * depend on that output, and for the loss itself. Sets dx[k], the gradient of op->in[k], where wanted[k]; leaves it
     * NULL where none goes back that way. No function: nothing can be learned through the operation. */
    void (*gradient)(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx);

    /* Appends what its attributes are, for dumps: " kernel=3 stride=2". NULL: nothing. */
    void (*print)(Text *out, const Op *op);

    /* Tells what PyTorch keeps of it for the backward pass. NULL: nothing. */
    void (*eager)(Eager *kept, const Op *op);

    /* Multiply-adds of the forward pass over one sample. NULL: it does not multiply. */
    int64_t (*multiply_adds)(const Op *op);

    /* Adds what ONNX has for it, an operation of evaluation mode, or sets onnx->refused. NULL: it is no node there; or,
     * of an operation that has inputs, ONNX has nothing for it. */
    void (*onnx)(Onnx *onnx, const Op *op);

    Evaluation evaluation;
    bool elementwise; /* a forward operation whose output's elements are each made of the input's one in that place */
    bool transposed;  /* a transposed convolution: y, in[0], is what a convolution of the output, out[0], gives */

    /* What it is called in C where it belongs to the backward pass, with the layer's path between the two: conv2d_3 and
     * _grad_weight. Without `layer` it is the name of its activation; without `suffix` that of the operation alone. */
    struct {
        const char *layer, *suffix;
    } backward_name;
};

/* Adds the operation that gives the gradient of `of`, shaped like it, from `a` and `b` (NULL: one input). */
Value *gradient_value(Builder *builder, OpKind kind, const Value *of, Value *a, Value *b, Attributes attr);

#define DECLARE_OP(NAME, name) extern const OpInfo op_##name;
OPS(DECLARE_OP)
#undef DECLARE_OP

#endif
