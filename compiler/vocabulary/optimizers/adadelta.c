/* torch.optim.Adadelta */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1.0", NULL},
    {"rho", ARG_FLOAT, "0.9", NULL},
    {"eps", ARG_FLOAT, "1e-6", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    FOREACH("Adadelta"),
    CAPTURABLE("Adadelta"),
    {"maximize", ARG_BOOL, "False", NULL},
    DIFFERENTIABLE("Adadelta"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "Adadelta", params, args);
}

const OptimizerKind optimizer_adadelta = {
    "Adadelta", "steps as large as those before", params, check, "nc_adadelta",
    {.shape = "v = rho*v + (1 - rho)*g^2; d = sqrt(u + eps)/sqrt(v + eps)*g; "
              "u = rho*u + (1 - rho)*d^2; w = w - lr*d",
     .example = "optimizer Adadelta(lr=1.0)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
