#include "targets/formulas.h"

#include <string.h>

#include "graph/op.h"

const ActivationFormula activation_formulas[ACTIVATION_COUNT] = {
    [ACTIVATION_SIGMOID] = {"1 / (1 + exp(-t))", "t * (1 - t)"},
    [ACTIVATION_TANH] = {"tanh(t)", "1 - t * t"},
    [ACTIVATION_LEAKY_RELU] = {"t > 0 ? t : a * t", "t > 0 ? 1 : a"},
    [ACTIVATION_HARDTANH] = {"t < a ? a : t > b ? b : t", "t <= (real)a || t >= (real)b ? 0 : 1"},
    [ACTIVATION_ELU] = {"b * (t > 0 ? t : a * expm1(t))", "b * (t > 0 ? 1 : a * exp(t))"},
    [ACTIVATION_CELU] = {"t > 0 ? t : a * expm1(t / a)", "t > 0 ? 1 : exp(t / a)"},
    [ACTIVATION_GELU] = {"t * 0.5 * (1 + erf(t * 0.7071067811865476))",
                         "0.5 * (1 + erf(t * 0.7071067811865476)) + t * 0.3989422804014327 * exp(-0.5 * t * t)"},
    [ACTIVATION_GELU_TANH] = {
        "0.5 * t * (1 + tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)))",
        "0.5 * (1 + tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)))"
        " + 0.5 * t * (1 - pow(tanh(0.7978845608028654 * (t + 0.044715 * t * t * t)), 2))"
        " * 0.7978845608028654 * (1 + 3 * 0.044715 * t * t)"},
    [ACTIVATION_SILU] = {"t / (1 + exp(-t))", "(1 + t * (1 - 1 / (1 + exp(-t)))) / (1 + exp(-t))"},
    [ACTIVATION_MISH] = {"t * tanh(softplus(t))",
                         "tanh(softplus(t)) + t * (1 - pow(tanh(softplus(t)), 2)) / (1 + exp(-t))"},
    [ACTIVATION_HARDSWISH] = {"t <= -3 ? 0 : t >= 3 ? t : t * (t + 3) / 6", "t <= -3 ? 0 : t >= 3 ? 1 : t / 3 + 0.5"},
    [ACTIVATION_HARDSIGMOID] = {"t <= -3 ? 0 : t >= 3 ? 1 : (t + 3) / 6", "t > -3 && t < 3 ? 1 / 6.0 : 0"},
    [ACTIVATION_SOFTPLUS] = {"a * t > b ? t : softplus(a * t) / a", "a * t > b ? 1 : 1 / (1 + exp(-a * t))"},
    [ACTIVATION_LOG_SIGMOID] = {"-softplus(-t)", "1 / (1 + exp(t))"},
    [ACTIVATION_SOFTSIGN] = {"t / (1 + fabs(t))", "1 / ((1 + fabs(t)) * (1 + fabs(t)))"},
    [ACTIVATION_TANHSHRINK] = {"t - tanh(t)", "tanh(t) * tanh(t)"},
    [ACTIVATION_SOFTSHRINK] = {"t > a ? t - a : t < -a ? t + a : t * 0", "t >= -a && t <= a ? 0 : 1"},
    [ACTIVATION_HARDSHRINK] = {"t >= -a && t <= a ? 0 : t", "t >= -a && t <= a ? 0 : 1"},
    [ACTIVATION_THRESHOLD] = {"t <= a ? b : t", "t <= a ? 0 : 1"},
};

#define LOG_SIGMOID "(fmin(xi, 0) - log1p(exp(-fabs(xi))))"

static const struct {
    const char *runtime; /* what the loss is called there */
    const char *value, *slope;
} elements[] = {
    {"nc_l1", "fabs(d)", "d > 0 ? 1 : d < 0 ? -1 : d"},
    {"nc_mse", "d * d", "2 * d"},
    {"nc_smooth_l1", "fabs(d) < $beta ? 0.5 * d * d / $beta : fabs(d) - 0.5 * $beta",
     "fabs(d) < $beta ? d / $beta : d > 0 ? 1 : d < 0 ? -1 : d"},
    {"nc_huber", "fabs(d) <= $beta ? 0.5 * d * d : $beta * (fabs(d) - 0.5 * $beta)",
     "fabs(d) <= $beta ? d : d > 0 ? $beta : -$beta"},
    {"nc_bce", "-$w(ti * fmax(log(xi), -100) + (1 - ti) * fmax(log1p(-xi), -100))",
     "$w(d / fmax((1 - xi) * xi, 1e-12))"},
    {"nc_bce_with_logits", "$w((1 - ti) * xi - ($yes + 1 - ti) * " LOG_SIGMOID ")",
     "$w(($yes + 1 - ti) * exp(" LOG_SIGMOID ") - $yes)"},
};

const char *loss_formula(const LossSettings *loss, bool slope)
{
    if (!strcmp(loss->runtime, "nc_kl_div") && loss->log_target)
        return slope ? "-exp(ti)" : "exp(ti) * (ti - xi)";
    if (!strcmp(loss->runtime, "nc_kl_div"))
        return slope ? "-ti" : "ti == 0 ? 0 : ti * (log(ti) - xi)";
    for (size_t i = 0; i < sizeof elements / sizeof *elements; i++)
        if (!strcmp(elements[i].runtime, loss->runtime))
            return slope ? elements[i].slope : elements[i].value;
    return NULL;
}

bool dropout_draws_nothing(const Op *op)
{
    return op->attr.dropout.p >= 1 && op->attr.dropout.unit == DROP_EACH;
}

const char *port_name(Role role)
{
    switch (role) {
    case ROLE_MEAN: return "running_mean";
    case ROLE_VAR: return "running_var";
    case ROLE_COUNT: return "batches";
    default: return role_name(role);
    }
}
