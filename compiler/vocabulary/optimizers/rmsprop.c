/* torch.optim.RMSprop */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-2", NULL},
    {"alpha", ARG_FLOAT, "0.99", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"momentum", ARG_FLOAT, "0", NULL},
    {"centered", ARG_BOOL, "False", NULL},
    CAPTURABLE("RMSprop"),
    FOREACH("RMSprop"),
    {"maximize", ARG_BOOL, "False", NULL},
    DIFFERENTIABLE("RMSprop"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "RMSprop", params, args);
}

const OptimizerKind optimizer_rmsprop = {
    "RMSprop", "gradients by their root mean square", params, check, "nc_rmsprop",
    {.shape = "v = alpha*v + (1 - alpha)*g^2; w = w - lr*g/(sqrt(v) + eps); "
              "centered takes the square of g's mean from v",
     .example = "optimizer RMSprop(lr=1e-3, momentum=0.9)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
