/* torch.optim.RAdam */
#include <math.h>

#include "step/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, DECOUPLED, MAXIMIZE };
enum { S_DECAY, S_SHRINK, S_FRESH1, S_BETA2, S_FRESH2, S_CORRECTION1, S_EPS, S_LR, S_ROOT2, S_RECTIFIED, S_RECT };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"betas", NC_PAIR, 0, NC_BELOW_ONE, "what the running averages keep"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the denominator"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"decoupled_weight_decay", NC_FLAG, 0, 1, "decay the parameters, not the gradients"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    double step = (double)part->steps, power2 = pow(v[BETA2], step), correction2 = 1 - power2;
    double longest = 2 / (1 - v[BETA2]) - 1, length = longest - 2 * step * power2 / correction2;
    part->scalar[S_DECAY] = v[DECOUPLED] != 0 ? 0 : (float)v[WEIGHT_DECAY];
    part->scalar[S_SHRINK] = v[DECOUPLED] != 0 && v[WEIGHT_DECAY] != 0 ? (float)(1 - v[LR] * v[WEIGHT_DECAY]) : 1;
    part->scalar[S_FRESH1] = (float)(1 - v[BETA1]);
    part->scalar[S_BETA2] = (float)v[BETA2];
    part->scalar[S_FRESH2] = (float)(1 - v[BETA2]);
    part->scalar[S_CORRECTION1] = (float)(1 - pow(v[BETA1], step));
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_LR] = (float)v[LR];
    part->scalar[S_ROOT2] = (float)pow(correction2, 0.5);
    part->scalar[S_RECTIFIED] = length > 5;
    part->scalar[S_RECT] = length > 5 ? (float)pow((length - 4) * (length - 2) * longest /
                                                   ((longest - 4) * (longest - 2) * length), 0.5) : 1;
}

NC_ALWAYS_INLINE void radam(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients, *restrict m = s->state[0], *restrict v = s->state[1];
    float fresh1 = scalar[S_FRESH1], beta2 = scalar[S_BETA2], fresh2 = scalar[S_FRESH2], eps = scalar[S_EPS];
    float correction1 = scalar[S_CORRECTION1], lr = scalar[S_LR], shrink = scalar[S_SHRINK];
    float root2 = scalar[S_ROOT2], rect = scalar[S_RECT];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        m[i] = nc_lerp(m[i], g[i], fresh1);
        v[i] = nc_average_square(v[i], g[i], beta2, fresh2);
        g[i] = m[i] / correction1 * lr;
    }
    if (scalar[S_RECTIFIED] != 0)
        for (int i = 0; i < s->count; i++)
            g[i] = g[i] * (1 / (sqrtf(v[i]) + eps) * root2) * rect;
    for (int i = 0; i < s->count; i++)
        w[i] = w[i] * shrink - g[i];
}

NC_OPTIMIZER_STEP(radam)

static const struct nc_optimizer optimizer = {
    .name = "RAdam", .arguments = arguments, .momentum = BETA1, .arrays = {"exp_avg", "exp_avg_sq"},
    .begin = begin, .step = radam_plain, .step_fma = radam_fma,
};

void nc_radam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay,
              int decoupled_weight_decay, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){
        lr, beta1, beta2, eps, weight_decay, decoupled_weight_decay, maximize});
}
