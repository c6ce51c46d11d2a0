/* torch.optim.Adamax */
#include <math.h>

#include "step/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MAXIMIZE };
enum { S_DECAY, S_FRESH1, S_BETA2, S_EPS, S_STEP };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"betas", NC_PAIR, 0, NC_BELOW_ONE, "what the average and the norm keep"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the gradient's size"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    part->scalar[S_DECAY] = (float)v[WEIGHT_DECAY];
    part->scalar[S_FRESH1] = (float)(1 - v[BETA1]);
    part->scalar[S_BETA2] = (float)v[BETA2];
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_STEP] = (float)-(v[LR] / (1 - pow(v[BETA1], (double)part->steps)));
}

NC_ALWAYS_INLINE void adamax(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients, *restrict m = s->state[0], *restrict norm = s->state[1];
    float fresh1 = scalar[S_FRESH1], beta2 = scalar[S_BETA2], eps = scalar[S_EPS], step = scalar[S_STEP];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        float before = norm[i] * beta2, now = fabsf(g[i]) + eps;
        m[i] = nc_lerp(m[i], g[i], fresh1);
        norm[i] = before > now ? before : now;
        w[i] = w[i] + step * m[i] / norm[i];
    }
}

NC_OPTIMIZER_STEP(adamax)

static const struct nc_optimizer optimizer = {
    .name = "Adamax", .arguments = arguments, .momentum = BETA1, .arrays = {"exp_avg", "exp_inf"},
    .begin = begin, .step = adamax_plain, .step_fma = adamax_fma,
};

void nc_adamax(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){lr, beta1, beta2, eps, weight_decay, maximize});
}
