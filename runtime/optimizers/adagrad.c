/* torch.optim.Adagrad */
#include <math.h>

#include "step/optimizer.h"

enum { LR, LR_DECAY, WEIGHT_DECAY, START, EPS, MAXIMIZE };
enum { S_DECAY, S_EPS, S_STEP };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"lr_decay", NC_REAL, 0, HUGE_VAL, "how fast the learning rate falls"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"initial_accumulator_value", NC_REAL, 0, HUGE_VAL, "what the sum of the squares begins with"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the denominator"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static double start(const double *value, int array)
{
    (void)array;
    return value[START];
}

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    part->scalar[S_DECAY] = (float)v[WEIGHT_DECAY];
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_STEP] = (float)-(v[LR] / (1 + (double)(part->steps - 1) * v[LR_DECAY]));
}

NC_ALWAYS_INLINE void adagrad(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients, *restrict sum = s->state[0];
    float eps = scalar[S_EPS], step = scalar[S_STEP];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        sum[i] = fmaf(g[i], g[i], sum[i]);
        w[i] = w[i] + step * g[i] / (sqrtf(sum[i]) + eps);
    }
}

NC_OPTIMIZER_STEP(adagrad)

static const struct nc_optimizer optimizer = {
    .name = "Adagrad", .arguments = arguments, .momentum = -1, .arrays = {"sum"}, .start = start,
    .begin = begin, .step = adagrad_plain, .step_fma = adagrad_fma,
};

void nc_adagrad(struct nc_run *run, double lr, double lr_decay, double weight_decay, double initial_accumulator_value,
                double eps, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){
        lr, lr_decay, weight_decay, initial_accumulator_value, eps, maximize});
}
