/* torch.optim.AdamW */
#include "vocabulary/optimizers/ranges.h"

static const Param params[] = {
    {"lr", ARG_FLOAT, "1e-3", NULL},
    {"betas", ARG_NUMBERS, "(0.9, 0.999)", NULL},
    {"eps", ARG_FLOAT, "1e-8", NULL},
    {"weight_decay", ARG_FLOAT, "1e-2", NULL},
    {"amsgrad", ARG_BOOL, "False", NULL},
    {"maximize", ARG_BOOL, "False", NULL},
    FOREACH("AdamW"),
    CAPTURABLE("AdamW"),
    DIFFERENTIABLE("AdamW"),
    FUSED("AdamW"),
    {0},
};

static bool check(Diag *diag, const Args *args)
{
    return optimizer_check_ranges(diag, "AdamW", params, args);
}

const OptimizerKind optimizer_adamw = {
    "AdamW", "Adam whose weight decay is its own", params, check, "nc_adamw",
    {.shape = "w = w - lr*weight_decay*w, then as Adam",
     .example = "optimizer AdamW(lr=3e-4, weight_decay=0.05)",
     .differs = "square roots are exact; those of MKL in torch's x86 builds may be one bit off"}};
