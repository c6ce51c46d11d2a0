/* torch.optim.Adamax */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "2e-3", NULL},
    {"betas", ARG_NUMBERS, "(0.9, 0.999)", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    FOREACH("Adamax"),
    {"maximize", ARG_BOOL, "False", NULL},
    DIFFERENTIABLE("Adamax"),
    CAPTURABLE("Adamax"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "Adamax", params, args);
}

const OptimizerKind optimizer_adamax = {
    "Adamax", "Adam with the largest gradient", params, check, "nc_adamax",
    {.shape = "m = beta1*m + (1 - beta1)*g; u = max(beta2*u, |g| + eps); w = w - lr/(1 - beta1^t) * m/u",
     .example = "optimizer Adamax(lr=2e-3)"}};
