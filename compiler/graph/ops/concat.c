/* Channels side by side: where branches meet that each make some of them. */
#include "graph/ops/rules.h"

#include <inttypes.h>

static void verify(const OpCheck *check)
{
    const Shape y = check->op->out[0]->shape;
    Shape whole = y;
    whole.dim[0] = 0;
    for (int i = 0; i < op_input_count(check->op->kind); i++) {
        const Value *part = check->op->in[i];
        if (!part)
            continue;
        Shape alike = part->shape;
        alike.dim[0] = y.dim[0];
        op_must(check, y.rank > 0 && shape_equal(alike, y), "parts are alike but for their channels");
        whole.dim[0] += part->shape.dim[0];
    }
    op_must(check, shape_equal(whole, y), "the channels of the parts are those of the whole");
}

static void verify_grad(const OpCheck *check)
{
    const Shape dy = check->op->in[0]->shape, dx = check->op->out[0]->shape;
    const int64_t first = check->op->attr.concat.first;
    op_must(check, dy.rank > 0 && dx.rank == dy.rank && first >= 0 && first + dx.dim[0] <= dy.dim[0],
            "a part's channels are some of the whole's");
}

/* Each part gets its own channels of dy. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    int64_t first = 0;
    for (int i = 0; i < op_input_count(op->kind) && op->in[i]; i++) {
        if (wanted[i])
            dx[i] = gradient_value(builder, OP_CONCAT_GRAD, op->in[i], dy[0], NULL,
                                   (Attributes){.concat = {.first = first}});
        first += op->in[i]->shape.dim[0];
    }
}

static void print_first(Text *out, const Op *op)
{
    text_printf(out, " first=%" PRId64, op->attr.concat.first);
}

static void onnx_concat(Onnx *onnx, const Op *op)
{
    const char *in[MAX_INPUTS + 1] = {NULL};
    for (int i = 0; i < op_input_count(op->kind) && op->in[i]; i++)
        in[i] = onnx_value(onnx, op->in[i]);
    onnx_int(onnx, onnx_node(onnx, "Concat", in, onnx_y(onnx)), "axis", 1);
}

const OpInfo op_concat = {
    .name = "CONCAT",
    .formula = "y = the channels of a, b{c|, c}{d|, d}, side by side",
    .in = {{ROLE_A, BATCHED}, {ROLE_B, BATCHED}, {ROLE_C, BATCHED | OPTIONAL}, {ROLE_D, BATCHED | OPTIONAL}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = verify,
    .gradient = gradient,
    .onnx = onnx_concat,
};

const OpInfo op_concat_grad = {
    .name = "CONCAT_GRAD",
    .formula = "dx of one part of CONCAT: its channels of dy, from `first` on",
    .in = {{ROLE_DY, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = verify_grad,
    .print = print_first,
    .backward_name = {"concat", "_grad"},
};
