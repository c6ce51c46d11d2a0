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

/* x where x > limit, else the number. */
static void onnx_choose(Onnx *onnx, const char *measured, double limit, const char *otherwise)
{
    const char *above = onnx_name(onnx, "above");
    onnx_node(onnx, "Greater", (const char *[]){measured, onnx_number(onnx, limit), NULL}, above);
    onnx_node(onnx, "Where", (const char *[]){above, onnx_x(onnx), otherwise, NULL}, onnx_y(onnx));
}

/* log(1 + e^(a x)) / a, or x where a x > b. From 20 on that is x to the last bit but one. */
static void onnx_softplus(Onnx *onnx, const Activation *activation)
{
    const char *scaled = onnx_x(onnx), *soft, *made;
    const bool limited = activation->b < 20, factor = activation->a != 1;
    const char *a = factor ? onnx_number(onnx, activation->a) : NULL;
    if (factor)
        onnx_node(onnx, "Mul", (const char *[]){onnx_x(onnx), a, NULL}, scaled = onnx_name(onnx, "scaled"));
    made = limited ? onnx_name(onnx, "made") : onnx_y(onnx);
    soft = factor ? onnx_name(onnx, "soft") : made;
    onnx_node(onnx, "Softplus", (const char *[]){scaled, NULL}, soft);
    if (factor)
        onnx_node(onnx, "Div", (const char *[]){soft, a, NULL}, made);
    if (limited)
        onnx_choose(onnx, scaled, activation->b, made);
}

/* Activations that are an operator there, with what it calls the arguments. */
static const struct {
    const char *op, *a, *b;
} onnx_forms[ACTIVATION_COUNT] = {
    [ACTIVATION_SIGMOID] = {"Sigmoid", NULL, NULL},
    [ACTIVATION_TANH] = {"Tanh", NULL, NULL},
    [ACTIVATION_LEAKY_RELU] = {"LeakyRelu", "alpha", NULL},
    [ACTIVATION_ELU] = {"Selu", "alpha", "gamma"},
    [ACTIVATION_CELU] = {"Celu", "alpha", NULL},
    [ACTIVATION_GELU] = {"Gelu", NULL, NULL},
    [ACTIVATION_GELU_TANH] = {"Gelu", NULL, NULL},
    [ACTIVATION_MISH] = {"Mish", NULL, NULL},
    [ACTIVATION_HARDSWISH] = {"HardSwish", NULL, NULL},
    [ACTIVATION_HARDSIGMOID] = {"HardSigmoid", NULL, NULL},
    [ACTIVATION_SOFTSIGN] = {"Softsign", NULL, NULL},
    [ACTIVATION_SOFTSHRINK] = {"Shrink", "lambd", NULL},
    [ACTIVATION_HARDSHRINK] = {"Shrink", "lambd", NULL},
};

/* And those that are several. */
static void onnx_several(Onnx *onnx, const Activation *activation)
{
    const char *part = onnx_name(onnx, "part"), *x = onnx_x(onnx), *y = onnx_y(onnx);
    switch (activation->kind) {
    case ACTIVATION_HARDTANH:
        onnx_node(onnx, "Clip", (const char *[]){x, onnx_number(onnx, activation->a),
                                                 onnx_number(onnx, activation->b), NULL}, y);
        break;
    case ACTIVATION_SILU:
        onnx_node(onnx, "Sigmoid", (const char *[]){x, NULL}, part);
        onnx_node(onnx, "Mul", (const char *[]){x, part, NULL}, y);
        break;
    case ACTIVATION_SOFTPLUS:
        onnx_softplus(onnx, activation);
        break;
    case ACTIVATION_LOG_SIGMOID:
        onnx_node(onnx, "Neg", (const char *[]){x, NULL}, part);
        onnx_node(onnx, "Softplus", (const char *[]){part, NULL}, onnx_name(onnx, "soft"));
        onnx_node(onnx, "Neg", (const char *[]){onnx_name(onnx, "soft"), NULL}, y);
        break;
    case ACTIVATION_TANHSHRINK:
        onnx_node(onnx, "Tanh", (const char *[]){x, NULL}, part);
        onnx_node(onnx, "Sub", (const char *[]){x, part, NULL}, y);
        break;
    case ACTIVATION_THRESHOLD:
        onnx_choose(onnx, x, activation->a, onnx_number(onnx, activation->b));
        break;
    default:
        onnx->refused = "ONNX has no operator for this activation";
    }
}

static void onnx_activation(Onnx *onnx, const Op *op)
{
    const Activation *activation = &op->attr.activation;
    const ActivationKind kind = activation->kind;
    if (!onnx_forms[kind].op) {
        onnx_several(onnx, activation);
        return;
    }
    OnnxNode *node = onnx_simple(onnx, onnx_forms[kind].op);
    if (onnx_forms[kind].a)
        onnx_float(onnx, node, onnx_forms[kind].a, activation->a);
    if (onnx_forms[kind].b)
        onnx_float(onnx, node, onnx_forms[kind].b, activation->b);
    if (kind == ACTIVATION_SOFTSHRINK)
        onnx_float(onnx, node, "bias", activation->a);
    if (kind == ACTIVATION_HARDSIGMOID)
        onnx_float(onnx, node, "alpha", 1 / 6.0);
    if (kind == ACTIVATION_GELU_TANH)
        onnx_string(onnx, node, "approximate", "tanh");
    if (kind == ACTIVATION_ELU && activation->b == 1) { /* the same with a factor of 1 */
        node->op = "Elu";
        node->attributes.count = 1;
    }
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
    .onnx = onnx_activation,
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
