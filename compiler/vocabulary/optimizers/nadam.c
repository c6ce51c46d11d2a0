/* torch.optim.NAdam */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "2e-3", NULL},
    {"betas", ARG_NUMBERS, "(0.9, 0.999)", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "0", NULL},
    {"momentum_decay", ARG_FLOAT, "4e-3", NULL},
    {"decoupled_weight_decay", ARG_BOOL, "False", NULL},
    FOREACH("NAdam"),
    {"maximize", ARG_BOOL, "False", NULL},
    CAPTURABLE("NAdam"),
    DIFFERENTIABLE("NAdam"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "NAdam", params, args);
}

const OptimizerKind optimizer_nadam = {
    "NAdam", "Adam with Nesterov momentum", params, check, "nc_nadam",
    {.shape = "as Adam, the step along m replaced by one along g and the next m; "
              "the momentum of step t is beta1*(1 - 0.96^(t*momentum_decay)/2)",
     .example = "optimizer NAdam(lr=2e-3)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
