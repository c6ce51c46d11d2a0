/* torch.optim.RAdam */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-3", NULL},
    {"betas", ARG_NUMBERS, "(0.9, 0.999)", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"decoupled_weight_decay", ARG_BOOL, "False", NULL},
    FOREACH("RAdam"),
    {"maximize", ARG_BOOL, "False", NULL},
    CAPTURABLE("RAdam"),
    DIFFERENTIABLE("RAdam"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "RAdam", params, args);
}

const OptimizerKind optimizer_radam = {
    "RAdam", "Adam whose first steps are rectified", params, check, "nc_radam",
    {.shape = "as Adam, but w = w - lr*m/(1 - beta1^t) until the average of g^2 is of more than 5 steps",
     .example = "optimizer RAdam(lr=1e-3)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
