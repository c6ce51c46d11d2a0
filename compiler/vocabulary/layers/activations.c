/* torch.nn's element-wise activations without parameters, but for ReLU, which has kernels of its own */
#include <math.h>
#include <string.h>

#include "vocabulary/vocabulary.h"

/* Where results are kept is the compiler's business: either `inplace` is honoured. */
#define INPLACE {"inplace", ARG_BOOL, "False", NULL}

static const Param no_params[] = {{0}};
static const Param inplace_params[] = {INPLACE, {0}};
static const Param alpha_params[] = {{"alpha", ARG_FLOAT, "1.0", NULL}, INPLACE, {0}};
static const Param lambd_params[] = {{"lambd", ARG_FLOAT, "0.5", NULL}, {0}};
static const Param leaky_relu_params[] = {{"negative_slope", ARG_FLOAT, "0.01", NULL}, INPLACE, {0}};
static const Param gelu_params[] = {{"approximate", ARG_STRING, "\"none\"", NULL}, {0}};
static const Param softplus_params[] = {
    {"beta", ARG_FLOAT, "1.0", NULL}, {"threshold", ARG_FLOAT, "20.0", NULL}, {0}};
static const Param threshold_params[] = {
    {"threshold", ARG_FLOAT, NULL, NULL}, {"value", ARG_FLOAT, NULL, NULL}, INPLACE, {0}};
static const Param hardtanh_params[] = {
    {"min_val", ARG_FLOAT, "-1.0", NULL},
    {"max_val", ARG_FLOAT, "1.0", NULL},
    INPLACE,
    {"min_value", ARG_FLOAT, "None", "Hardtanh's min_value is now called min_val"},
    {"max_value", ARG_FLOAT, "None", "Hardtanh's max_value is now called max_val"},
    {0},
};

/* Klambauer et al., Self-Normalizing Neural Networks, 2017 */
#define SELU_ALPHA 1.6732632423543772848170429916717
#define SELU_SCALE 1.0507009873554804934193349852946

/* What a layer computes; a and b are numbers, or places of arguments where they are given. */
typedef struct Form {
    const char *name;
    ActivationKind kind;
    int a_place, b_place; /* -1: as stands here */
    double a, b;
} Form;

static const Form forms[] = {
    {"Sigmoid", ACTIVATION_SIGMOID, -1, -1, 0, 0},
    {"Tanh", ACTIVATION_TANH, -1, -1, 0, 0},
    {"ReLU6", ACTIVATION_HARDTANH, -1, -1, 0, 6},
    {"LeakyReLU", ACTIVATION_LEAKY_RELU, 0, -1, 0, 0},
    {"Hardtanh", ACTIVATION_HARDTANH, 0, 1, 0, 0},
    {"ELU", ACTIVATION_ELU, 0, -1, 0, 1},
    {"SELU", ACTIVATION_ELU, -1, -1, SELU_ALPHA, SELU_SCALE},
    {"CELU", ACTIVATION_CELU, 0, -1, 0, 0},
    {"GELU", ACTIVATION_GELU, -1, -1, 0, 0},
    {"SiLU", ACTIVATION_SILU, -1, -1, 0, 0},
    {"Mish", ACTIVATION_MISH, -1, -1, 0, 0},
    {"Hardswish", ACTIVATION_HARDSWISH, -1, -1, 0, 0},
    {"Hardsigmoid", ACTIVATION_HARDSIGMOID, -1, -1, 0, 0},
    {"Softplus", ACTIVATION_SOFTPLUS, 0, 1, 0, 0},
    {"LogSigmoid", ACTIVATION_LOG_SIGMOID, -1, -1, 0, 0},
    {"Softsign", ACTIVATION_SOFTSIGN, -1, -1, 0, 0},
    {"Tanhshrink", ACTIVATION_TANHSHRINK, -1, -1, 0, 0},
    {"Softshrink", ACTIVATION_SOFTSHRINK, 0, -1, 0, 0},
    {"Hardshrink", ACTIVATION_HARDSHRINK, 0, -1, 0, 0},
    {"Threshold", ACTIVATION_THRESHOLD, 0, 1, 0, 0},
};

static bool infer(Arena *arena, Diag *diag, Layer *layer)
{
    layer->out = layer_in(layer);
    return layer_check_size(arena, diag, layer, layer->out, "an output");
}

/* The argument at `place` is greater than 0, or at least 0 where `zero`. */
static bool check_number(Diag *diag, const Layer *layer, int place, bool zero)
{
    const Arg *number = &layer->args.at[place];
    if (number->f > 0 || (zero && number->f == 0))
        return true;
    diag_error(diag, number->span, "%s expects %s to be %s 0 but gets %.12g", layer->kind->name,
               layer->kind->params[place].name, zero ? "at least" : "greater than", number->f);
    return false;
}

static bool infer_divided(Arena *arena, Diag *diag, Layer *layer)
{
    return check_number(diag, layer, 0, false) && infer(arena, diag, layer);
}

static bool infer_shrink(Arena *arena, Diag *diag, Layer *layer)
{
    return check_number(diag, layer, 0, true) && infer(arena, diag, layer);
}

static bool infer_hardtanh(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *low = &layer->args.at[0], *high = &layer->args.at[1];
    if (!(low->f < high->f)) {
        diag_error(diag, high->given ? high->span : low->span,
                   "Hardtanh expects max_val to be greater than min_val but gets %.12g and %.12g", high->f, low->f);
        return false;
    }
    return infer(arena, diag, layer);
}

static bool infer_gelu(Arena *arena, Diag *diag, Layer *layer)
{
    const Arg *approximate = &layer->args.at[0];
    if (strcmp(approximate->s, "none") != 0 && strcmp(approximate->s, "tanh") != 0) {
        diag_error(diag, approximate->span, "GELU expects approximate to be \"none\" or \"tanh\" but gets \"%s\"",
                   approximate->s);
        return false;
    }
    return infer(arena, diag, layer);
}

static bool moves_zero(const Activation *activation)
{
    if (!isfinite((float)activation->a) && activation->kind != ACTIVATION_HARDTANH)
        return true; /* 0 times it is no number */
    switch (activation->kind) {
    case ACTIVATION_SIGMOID:
    case ACTIVATION_HARDSIGMOID:
    case ACTIVATION_SOFTPLUS:
    case ACTIVATION_LOG_SIGMOID:
        return true;
    case ACTIVATION_HARDTANH:
        return activation->a > 0 || activation->b < 0;
    case ACTIVATION_THRESHOLD:
        return activation->a >= 0 && activation->b != 0;
    default:
        return false;
    }
}

static Activation activation_of(const Layer *layer)
{
    const Form *form = forms;
    while (strcmp(form->name, layer->kind->name) != 0)
        form++;
    Activation activation = {
        .kind = form->kind,
        .a = form->a_place < 0 ? form->a : layer->args.at[form->a_place].f,
        .b = form->b_place < 0 ? form->b : layer->args.at[form->b_place].f,
    };
    if (form->kind == ACTIVATION_GELU && strcmp(layer->args.at[0].s, "tanh") == 0)
        activation.kind = ACTIVATION_GELU_TANH;
    activation.moves_zero = moves_zero(&activation);
    return activation;
}

static Value *lower(Builder *builder, const Layer *layer, Value *x, Value *const *parameter)
{
    (void)parameter; /* it has none */
    return graph_value(builder, OP_ACTIVATION, layer_value_name(builder->graph->arena, layer), x, NULL, NULL,
                       layer->out, (Attributes){.activation = activation_of(layer)});
}


/* `object`: what is to be said of torch's object beside its class's module. */
#define LAYER_WITH(output, object, c_name, name, summary, params, infer, arguments, line)                              \
    extern const LayerKind layer_##c_name;                                                                             \
    const LayerKind layer_##c_name = {                                                                                 \
        name, summary, params, infer, lower,                                                                           \
        {.shape = "any -> the same", .example = line "  # 3x32x32 -> 3x32x32", .gives = output}, \
        .torch = {.module = "torch.nn.modules.activation", .prints = arguments, object}};
#define LAYER(c_name, name, summary, params, infer, arguments, line) \
    LAYER_WITH(OUTPUT_NUMBER, .also = NULL, c_name, name, summary, params, infer, arguments, line)

LAYER_WITH(OUTPUT_PROBABILITY, .also = NULL, sigmoid, "Sigmoid", "1 / (1 + exp -x)", no_params, infer, NULL,
           "Sigmoid()")
LAYER(tanh, "Tanh", "tanh x", no_params, infer, NULL, "Tanh()")
LAYER_WITH(OUTPUT_NUMBER, .also = "'min_val': 0.0, 'max_val': 6.0", relu6, "ReLU6", "min(max(x, 0), 6)", inplace_params,
           infer, "inplace=?", "ReLU6()")
LAYER(leaky_relu, "LeakyReLU", "x, times negative_slope below 0", leaky_relu_params, infer,
      "negative_slope= inplace=?", "LeakyReLU(0.1)")
LAYER_WITH(OUTPUT_NUMBER, .without = "min_value max_value", hardtanh, "Hardtanh", "min(max(x, min_val), max_val)",
           hardtanh_params, infer_hardtanh, "min_val= max_val= inplace=?", "Hardtanh(-2, 2)")
LAYER(elu, "ELU", "x, or alpha (exp x - 1) below 0", alpha_params, infer, "alpha= inplace=?", "ELU(alpha=0.5)")
LAYER(selu, "SELU", "the ELU that keeps mean and variance", inplace_params, infer, "inplace=?", "SELU()")
LAYER(celu, "CELU", "x, or alpha (exp(x / alpha) - 1) below 0", alpha_params, infer_divided,
      "alpha= inplace=?", "CELU(alpha=0.5)")
LAYER(gelu, "GELU", "x times the normal distribution's share below x", gelu_params, infer_gelu, "approximate='",
      "GELU(approximate=\"tanh\")")
LAYER(silu, "SiLU", "x times its sigmoid", inplace_params, infer, "inplace=?", "SiLU()")
LAYER(mish, "Mish", "x tanh(log(1 + exp x))", inplace_params, infer, "inplace=?", "Mish()")
LAYER(hardswish, "Hardswish", "x times its hard sigmoid", inplace_params, infer, NULL, "Hardswish()")
LAYER(hardsigmoid, "Hardsigmoid", "min(max(x + 3, 0), 6) / 6", inplace_params, infer, NULL, "Hardsigmoid()")
LAYER(softplus, "Softplus", "log(1 + exp(beta x)) / beta", softplus_params, infer_divided,
      "beta= threshold=", "Softplus(beta=2)")
LAYER(log_sigmoid, "LogSigmoid", "the logarithm of the sigmoid", no_params, infer, NULL, "LogSigmoid()")
LAYER(softsign, "Softsign", "x / (1 + |x|)", no_params, infer, NULL, "Softsign()")
LAYER(tanhshrink, "Tanhshrink", "x - tanh x", no_params, infer, NULL, "Tanhshrink()")
LAYER(softshrink, "Softshrink", "x nearer to 0 by lambd, or 0", lambd_params, infer_shrink, "lambd", "Softshrink(0.1)")
LAYER(hardshrink, "Hardshrink", "x, or 0 from -lambd to lambd", lambd_params, infer_shrink, "lambd", "Hardshrink(0.1)")
LAYER(threshold, "Threshold", "x, or value up to the threshold", threshold_params, infer,
      "threshold= value= inplace=?", "Threshold(0.1, 0)")
