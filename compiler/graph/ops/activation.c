/* The element-wise activations of graph/activations.def: one operation with the function as an attribute. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    const Activation *activation = &op->attr.activation;
    text_printf(out, " %s", activation_name(activation->kind));
    if (activation->a != 0 || activation->b != 0)
        text_printf(out, " a=%.12g b=%.12g", activation->a, activation->b);
}

const OpInfo op_activation = {
    .name = "ACTIVATION",
    .formula = "y = f(x), element by element",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .print = print,
    .elementwise = true,
};

const OpInfo op_activation_grad = {
    .name = "ACTIVATION_GRAD",
    .formula = "dx = dy f'(v); inputs dy, v: the x or y that the slope is computed from",
    .in = {{ROLE_DY, BATCHED}, {ROLE_V, BATCHED}},
    .out = {{ROLE_DX, BATCHED}},
    .verify = must_keep_shape,
    .print = print,
    .backward_name = {NULL, "_grad"},
};
