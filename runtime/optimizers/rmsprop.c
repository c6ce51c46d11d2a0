/* torch.optim.RMSprop */
#include <math.h>

#include "step/optimizer.h"

enum { LR, ALPHA, EPS, WEIGHT_DECAY, MOMENTUM, CENTERED, MAXIMIZE };
enum { S_DECAY, S_ALPHA, S_FRESH, S_EPS, S_MOMENTUM, S_STEP };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"alpha", NC_REAL, 0, HUGE_VAL, "what the average of the squares keeps"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the denominator"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"momentum", NC_REAL, 0, HUGE_VAL, "momentum"},
    {"centered", NC_FLAG, 0, 1, "divide by the deviation instead of the size"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static int needs(const double *value, int array)
{
    return array == 0 || value[array == 1 ? CENTERED : MOMENTUM] > 0;
}

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    part->scalar[S_DECAY] = (float)v[WEIGHT_DECAY];
    part->scalar[S_ALPHA] = (float)v[ALPHA];
    part->scalar[S_FRESH] = (float)(1 - v[ALPHA]);
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_MOMENTUM] = (float)v[MOMENTUM];
    part->scalar[S_STEP] = (float)-v[LR];
}

/* A loop for each way, so that none has a branch. */
NC_ALWAYS_INLINE void learn(const struct nc_stretch *s, int centered, int moving)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients;
    float *restrict square = s->state[0], *restrict mean = s->state[1], *restrict buffer = s->state[2];
    float alpha = scalar[S_ALPHA], fresh = scalar[S_FRESH], eps = scalar[S_EPS], step = scalar[S_STEP];
    float momentum = scalar[S_MOMENTUM];
    for (int i = 0; i < s->count; i++) {
        square[i] = nc_average_square(square[i], g[i], alpha, fresh);
        if (centered)
            mean[i] = nc_lerp(mean[i], g[i], fresh);
    }
    for (int i = 0; i < s->count; i++) {
        float below = sqrtf(centered ? fmaf(-mean[i], mean[i], square[i]) : square[i]) + eps;
        if (moving)
            buffer[i] = buffer[i] * momentum + g[i] / below;
        w[i] = moving ? fmaf(step, buffer[i], w[i]) : w[i] + step * g[i] / below;
    }
}

NC_ALWAYS_INLINE void rmsprop(const struct nc_stretch *s)
{
    int centered = s->part->value[CENTERED] != 0, moving = s->part->value[MOMENTUM] > 0;
    nc_decay(s, s->part->value[MAXIMIZE] != 0, s->part->scalar[S_DECAY]);
    if (centered && moving)
        learn(s, 1, 1);
    else if (centered)
        learn(s, 1, 0);
    else if (moving)
        learn(s, 0, 1);
    else
        learn(s, 0, 0);
}

NC_OPTIMIZER_STEP(rmsprop)

static const struct nc_optimizer optimizer = {
    .name = "RMSprop", .arguments = arguments, .momentum = MOMENTUM,
    .arrays = {"square_avg", "grad_avg", "momentum_buffer"}, .needs = needs, .begin = begin, .step = rmsprop_plain,
    .step_fma = rmsprop_fma,
};

void nc_rmsprop(struct nc_run *run, double lr, double alpha, double eps, double weight_decay, double momentum,
                int centered, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){
        lr, alpha, eps, weight_decay, momentum, centered, maximize});
}
