/* What is put around an image or at both ends of a sequence: a number, or the image's own elements. */
#include <inttypes.h>

#include "graph/op.h"

static void print(Text *out, const Op *op)
{
    static const char *const modes[] = {
        [PAD_ZEROS] = "", [PAD_REFLECT] = " reflect", [PAD_REPLICATE] = " replicate", [PAD_CIRCULAR] = " circular"};
    text_printf(out, "%s top=%" PRId64 " left=%" PRId64, modes[op->attr.pad.mode], op->attr.pad.top, op->attr.pad.left);
    if (op->attr.pad.value != 0)
        text_printf(out, " value=%.12g", op->attr.pad.value);
}

static void verify(const OpCheck *check)
{
    const Shape *x = &check->op->in[0]->shape, *y = &check->op->out[0]->shape;
    op_must(check, x->rank > 1 && y->rank == x->rank && x->dim[0] == y->dim[0], "padding keeps the channels");
}

/* What was put around is cut off, what was cut off gets 0. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    Attributes attr = {.pad = {.top = -op->attr.pad.top, .left = -op->attr.pad.left}};
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_PAD2D, op->in[0], dy[0], NULL, attr);
}

/* Each element of dy goes to the one it is a copy of. */
static void gradient_extended(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_EXTEND2D_GRAD, op->in[0], dy[0], NULL, op->attr);
}

/* Adds a Pad: so much at the beginning of each dimension, then at the end of each. */
static void add_pad(Onnx *onnx, const Op *op, const char *x, const int64_t *pads, const char *y)
{
    static const char *const modes[] = {
        [PAD_ZEROS] = "constant", [PAD_REFLECT] = "reflect", [PAD_REPLICATE] = "edge", [PAD_CIRCULAR] = "wrap"};
    const PadMode mode = op->attr.pad.mode;
    const char *value = mode == PAD_ZEROS ? onnx_number(onnx, op->attr.pad.value) : NULL;
    const char *sides = onnx_list(onnx, pads, 2 * (op->in[0]->shape.rank + 1));
    onnx_string(onnx, onnx_node(onnx, "Pad", (const char *[]){x, sides, value, NULL}, y), "mode", modes[mode]);
}

/* What is made of x itself is put around before anything is cut off, which is a Pad of its own. */
static void onnx_pad(Onnx *onnx, const Op *op)
{
    const Value *x = op->in[0], *y = op->out[0];
    const int rank = x->shape.rank, count = 2 * (rank + 1);
    int64_t pads[2 * (MAX_RANK + 1)] = {0}, cuts[2 * (MAX_RANK + 1)] = {0};
    bool cut = false;
    for (int i = 1; i < rank; i++) {
        pads[1 + i] = i == rank - 1 ? op->attr.pad.left : op->attr.pad.top;
        pads[rank + 2 + i] = y->shape.dim[i] - x->shape.dim[i] - pads[1 + i];
    }
    for (int i = 0; i < count && op->attr.pad.mode != PAD_ZEROS; i++) {
        cuts[i] = pads[i] < 0 ? pads[i] : 0;
        pads[i] -= cuts[i];
        cut = cut || cuts[i];
    }
    add_pad(onnx, op, onnx_x(onnx), pads, cut ? onnx_name(onnx, "around") : onnx_y(onnx));
    if (cut)
        add_pad(onnx, op, onnx_name(onnx, "around"), cuts, onnx_y(onnx));
}

const OpInfo op_pad2d = {
    .name = "PAD2D",
    .formula = "y = x with a number around it, or cut off; the gradient of one is the other, with 0",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .print = print,
    .backward_name = {"pad2d", "_grad"},
    .onnx = onnx_pad,
};

const OpInfo op_extend2d = {
    .name = "EXTEND2D",
    .formula = "y = x with its own elements around it: reflected, repeated or in a circle",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient_extended,
    .eager = eager_input,
    .print = print,
    .onnx = onnx_pad,
};

const OpInfo op_extend2d_grad = {
    .name = "EXTEND2D_GRAD",
    .formula = "dx from dy, each element's added to where it came from",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify,
    .print = print,
    .backward_name = {"pad2d", "_grad"},
};
