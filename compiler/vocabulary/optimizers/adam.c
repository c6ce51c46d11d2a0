/* torch.optim.Adam */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-3", NULL},
    {"betas", ARG_NUMBERS, "(0.9, 0.999)", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"amsgrad", ARG_BOOL, "False", NULL},
    FOREACH("Adam"),
    {"maximize", ARG_BOOL, "False", NULL},
    CAPTURABLE("Adam"),
    DIFFERENTIABLE("Adam"),
    FUSED("Adam"),
    {"decoupled_weight_decay", ARG_BOOL, "False", NULL},
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "Adam", params, args);
}

const OptimizerKind optimizer_adam = {
    "Adam", "adaptive moments", params, check, "nc_adam",
    {.shape = "m = beta1*m + (1 - beta1)*g; v = beta2*v + (1 - beta2)*g^2; "
              "w = w - lr/(1 - beta1^t) * m/(sqrt(v/(1 - beta2^t)) + eps)",
     .example = "optimizer Adam(lr=1e-3, weight_decay=1e-4)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
