/* torch.optim.Adadelta */
#include <math.h>

#include "step/optimizer.h"

enum { LR, RHO, EPS, WEIGHT_DECAY, MAXIMIZE };
enum { S_DECAY, S_RHO, S_FRESH, S_EPS, S_LR };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"rho", NC_REAL, 0, 1, "what the running averages keep"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added before the roots"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    part->scalar[S_DECAY] = (float)v[WEIGHT_DECAY];
    part->scalar[S_RHO] = (float)v[RHO];
    part->scalar[S_FRESH] = (float)(1 - v[RHO]);
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_LR] = (float)v[LR];
}

NC_ALWAYS_INLINE void adadelta(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients;
    float *restrict square = s->state[0], *restrict moved = s->state[1];
    float rho = scalar[S_RHO], fresh = scalar[S_FRESH], eps = scalar[S_EPS], lr = scalar[S_LR];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        square[i] = nc_average_square(square[i], g[i], rho, fresh);
        float delta = sqrtf(moved[i] + eps) / sqrtf(square[i] + eps) * g[i];
        moved[i] = nc_average_square(moved[i], delta, rho, fresh);
        w[i] = fmaf(-lr, delta, w[i]);
    }
}

NC_OPTIMIZER_STEP(adadelta)

static const struct nc_optimizer optimizer = {
    .name = "Adadelta", .arguments = arguments, .momentum = -1, .arrays = {"square_avg", "acc_delta"},
    .begin = begin, .step = adadelta_plain, .step_fma = adadelta_fma,
};

void nc_adadelta(struct nc_run *run, double lr, double rho, double eps, double weight_decay, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){lr, rho, eps, weight_decay, maximize});
}
