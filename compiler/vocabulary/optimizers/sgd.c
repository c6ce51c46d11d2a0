/* torch.optim.SGD */
#include "vocabulary/vocabulary.h"

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV };

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-3", NULL},
    {"momentum", ARG_FLOAT, "0", NULL},
    {"dampening", ARG_FLOAT, "0", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"nesterov", ARG_BOOL, "False", NULL},
    {"maximize", ARG_BOOL, "False", "SGD minimises the loss: maximize is not supported yet"},
    {"foreach", ARG_BOOL, "None", "SGD has no foreach here: how it is computed is the compiler's business"},
    {"differentiable", ARG_BOOL, "False", "SGD steps cannot be differentiated: differentiable is not supported"},
    {"fused", ARG_BOOL, "None", "SGD has no fused here: how it is computed is the compiler's business"},
    {0},
};

static bool check_not_negative(Diag *diag, const Arg *arg, const char *name)
{
    if (arg->f >= 0)
        return true;
    diag_error(diag, arg->span, "SGD expects %s to be at least 0 but gets %.12g", name, arg->f);
    return false;
}

static bool check(Diag *diag, const Args *args)
{
    const Arg *arg = args->at;
    bool good = check_not_negative(diag, &arg[LR], "lr");
    good &= check_not_negative(diag, &arg[MOMENTUM], "momentum");
    good &= check_not_negative(diag, &arg[WEIGHT_DECAY], "weight_decay");
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
