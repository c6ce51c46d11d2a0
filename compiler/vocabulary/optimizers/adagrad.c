/* torch.optim.Adagrad */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-2", NULL},
    {"lr_decay", ARG_FLOAT, "0", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"initial_accumulator_value", ARG_FLOAT, "0", NULL},
    {"eps", ARG_FLOAT, "1e-10", NULL},
    FOREACH("Adagrad"),
    {"maximize", ARG_BOOL, "False", NULL},
    DIFFERENTIABLE("Adagrad"),
    FUSED("Adagrad"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "Adagrad", params, args);
}

const OptimizerKind optimizer_adagrad = {
    "Adagrad", "gradients by the root of the sum of their squares", params, check, "nc_adagrad",
    {.shape = "v = v + g^2; w = w - lr/(1 + (t - 1)*lr_decay) * g/(sqrt(v) + eps)",
     .example = "optimizer Adagrad(lr=0.01)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
