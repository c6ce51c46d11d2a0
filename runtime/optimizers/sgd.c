/* torch.optim.SGD */
#include <math.h>
#include <string.h>

#include "step/optimizer.h"

enum { LR, MOMENTUM, DAMPENING, WEIGHT_DECAY, NESTEROV, MAXIMIZE };
enum { S_LR, S_MOMENTUM, S_UNDAMPED, S_WEIGHT_DECAY, S_FIRST };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"momentum", NC_REAL, 0, HUGE_VAL, "momentum"},
    {"dampening", NC_REAL, -HUGE_VAL, HUGE_VAL, "dampening"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"nesterov", NC_FLAG, 0, 1, "Nesterov momentum"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static int needs(const double *value, int array)
{
    return array == 0 && value[MOMENTUM] != 0;
}

static void begin(struct nc_part *part)
{
    part->scalar[S_LR] = (float)part->value[LR];
    part->scalar[S_MOMENTUM] = (float)part->value[MOMENTUM];
    part->scalar[S_UNDAMPED] = (float)(1 - part->value[DAMPENING]);
    part->scalar[S_WEIGHT_DECAY] = (float)part->value[WEIGHT_DECAY];
    part->scalar[S_FIRST] = part->kept == 0; /* the buffer takes the gradient as it is */
    if (part->value[MOMENTUM] != 0)
        part->kept = 1;
}

NC_ALWAYS_INLINE void sgd(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients, *restrict b = s->state[0];
    float lr = scalar[S_LR], momentum = scalar[S_MOMENTUM], undamped = scalar[S_UNDAMPED];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_WEIGHT_DECAY]);
    if (s->part->value[MOMENTUM] != 0) {
        if (scalar[S_FIRST] != 0)
            memcpy(b, g, (size_t)s->count * sizeof *b);
        else
            for (int i = 0; i < s->count; i++)
                b[i] = fmaf(undamped, g[i], b[i] * momentum);
        if (s->part->value[NESTEROV] != 0)
            for (int i = 0; i < s->count; i++)
                g[i] = fmaf(momentum, b[i], g[i]);
        else
            memcpy(g, b, (size_t)s->count * sizeof *g);
    }
    for (int i = 0; i < s->count; i++)
        w[i] = fmaf(-lr, g[i], w[i]);
}

NC_OPTIMIZER_STEP(sgd)

static const struct nc_optimizer optimizer = {
    .name = "SGD", .arguments = arguments, .momentum = MOMENTUM, .arrays = {"momentum_buffer"}, .needs = needs,
    .begin = begin, .step = sgd_plain, .step_fma = sgd_fma,
};

void nc_sgd(struct nc_run *run, double lr, double momentum, double dampening, double weight_decay, int nesterov,
            int maximize)
{
    nc_optimizer_use(run, &optimizer,
                     (const double[NC_MAX_VALUES]){lr, momentum, dampening, weight_decay, nesterov, maximize});
}
