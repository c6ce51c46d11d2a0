/* torch.optim.SGD */
#include "vocabulary/optimizers/ranges.h"

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV };

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-3", NULL},
    {"momentum", ARG_FLOAT, "0", NULL},
    {"dampening", ARG_FLOAT, "0", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"nesterov", ARG_BOOL, "False", NULL},
    {"maximize", ARG_BOOL, "False", NULL},
    FOREACH("SGD"),
    DIFFERENTIABLE("SGD"),
    FUSED("SGD"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    const Arg *arg = args->at;
    bool good = optimizer_check_ranges(diag, "SGD", params, args);
    if (arg[NESTEROV].i && (arg[MOMENTUM].f <= 0 || arg[DAMPENING].f != 0)) {
        diag_error(diag, arg[NESTEROV].span, "Nesterov momentum requires a momentum and zero dampening");
        good = false;
    }
    return good;
}

const OptimizerKind optimizer_sgd = {
    "SGD", "stochastic gradient descent", params, check, "nc_sgd",
    {.shape = "v = momentum*v + (1 - dampening)*(g + weight_decay*w); w = w - lr*v, "
              "or with nesterov w = w - lr*(g + weight_decay*w + momentum*v)",
     .example = "optimizer SGD(lr=0.1, momentum=0.9, weight_decay=5e-4)"}};
