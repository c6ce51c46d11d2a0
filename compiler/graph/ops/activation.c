/* The element-wise activations of graph/activations.def: one operation with the function as an attribute. */
#include "graph/ops/rules.h"

static void print(Text *out, const Op *op)
{
    const Activation *activation = &op->attr.activation;
    text_printf(out, " %s", activation_name(activation->kind));
    if (activation->a != 0 || activation->b != 0)
        text_printf(out, " a=%.12g b=%.12g", activation->a, activation->b);
}

/* dx = dy f'(x), the slope from x or from y, whichever it is simpler in; of what may be fused into the kernel that
 * makes x, from y where that tells it to the bit, so that x need not be kept. */
static void gradient(Builder *builder, const Op *op, Value *const *dy, const bool *wanted, Value **dx)
{
    enum { X, Y };
    static const int sources[] = {
#define ACTIVATION(NAME, name, source, where) source,
#include "graph/activations.def"
#undef ACTIVATION
    };
    const Activation *activation = &op->attr.activation;
    bool two_sided = activation->kind == ACTIVATION_LEAKY_RELU && activation->a < 0; /* y > 0 on both sides */
    Value *v = sources[activation->kind] == Y && !two_sided ? op->out[0] : op->in[0];
    if (wanted[0])
        dx[0] = gradient_value(builder, OP_ACTIVATION_GRAD, op->in[0], dy[0], v, op->attr);
}

/* What derivatives.yaml has; Tanhshrink is x - tanh(x) there, Softsign x / (1 + |x|), and LogSigmoid has a buffer. */
static void eager(Eager *kept, const Op *op)
{
    const ActivationKind kind = op->attr.activation.kind;
    if (kind == ACTIVATION_SIGMOID || kind == ACTIVATION_TANH)
        eager_keep(kept, op->out[0]);
    else if (kind != ACTIVATION_TANHSHRINK)
        eager_keep(kept, op->in[0]);
    if (kind == ACTIVATION_TANHSHRINK || kind == ACTIVATION_SOFTSIGN || kind == ACTIVATION_LOG_SIGMOID)
        eager_keep_floats(kept, shape_count(op->out[0]->shape), 0);
}

const OpInfo op_activation = {
    .name = "ACTIVATION",
    .formula = "y = f(x), element by element",
    .in = {{ROLE_X, BATCHED}},
    .out = {{ROLE_Y, BATCHED}},
    .verify = must_keep_shape,
    .gradient = gradient,
    .eager = eager,
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
