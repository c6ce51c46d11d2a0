/* torch.optim.NAdam */
#include <math.h>

#include "step/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MOMENTUM_DECAY, DECOUPLED, MAXIMIZE };
enum { S_DECAY, S_SHRINK, S_FRESH1, S_BETA2, S_FRESH2, S_CORRECTION2, S_EPS, S_GRADIENT, S_AVERAGE };

static const struct nc_argument arguments[] = {
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"},
    {"betas", NC_PAIR, 0, NC_BELOW_ONE, "what the running averages keep"},
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the denominator"},
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"},
    {"momentum_decay", NC_REAL, 0, HUGE_VAL, "how fast the momentum rises"},
    {"decoupled_weight_decay", NC_FLAG, 0, 1, "decay the parameters, not the gradients"},
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"},
    {0},
};

/* The product of the momenta is a tensor of one float in torch; part->kept is what it is more than 1. */
static void begin(struct nc_part *part)
{
    const double *v = part->value;
    double step = (double)part->steps, correction2 = 1 - pow(v[BETA2], step);
    double mu = v[BETA1] * (1 - 0.5 * pow(0.96, step * v[MOMENTUM_DECAY]));
    double next = v[BETA1] * (1 - 0.5 * pow(0.96, (step + 1) * v[MOMENTUM_DECAY]));
    float product = (float)(part->steps > 1 ? part->kept : 1) * (float)mu;
    part->kept = product;
    part->scalar[S_DECAY] = v[DECOUPLED] != 0 ? 0 : (float)v[WEIGHT_DECAY];
    part->scalar[S_SHRINK] = v[DECOUPLED] != 0 && v[WEIGHT_DECAY] != 0 ? (float)(1 - v[LR] * v[WEIGHT_DECAY]) : 1;
    part->scalar[S_FRESH1] = (float)(1 - v[BETA1]);
    part->scalar[S_BETA2] = (float)v[BETA2];
    part->scalar[S_FRESH2] = (float)(1 - v[BETA2]);
    part->scalar[S_CORRECTION2] = (float)correction2;
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_GRADIENT] = (float)(-v[LR] * (1 - mu) / (1 - (double)product));
    part->scalar[S_AVERAGE] = (float)(-v[LR] * next / (1 - (double)product * next));
}

NC_ALWAYS_INLINE void nadam(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients, *restrict m = s->state[0], *restrict v = s->state[1];
    float fresh1 = scalar[S_FRESH1], beta2 = scalar[S_BETA2], fresh2 = scalar[S_FRESH2], eps = scalar[S_EPS];
    float correction2 = scalar[S_CORRECTION2], shrink = scalar[S_SHRINK];
    float of_gradient = scalar[S_GRADIENT], of_average = scalar[S_AVERAGE];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        m[i] = nc_lerp(m[i], g[i], fresh1);
        v[i] = nc_average_square(v[i], g[i], beta2, fresh2);
    }
    for (int i = 0; i < s->count; i++) {
        float below = sqrtf(v[i] / correction2) + eps;
        w[i] = w[i] * shrink + of_gradient * g[i] / below;
        w[i] = w[i] + of_average * m[i] / below;
    }
}

NC_OPTIMIZER_STEP(nadam)

static const struct nc_optimizer optimizer = {
    .name = "NAdam", .arguments = arguments, .momentum = BETA1, .arrays = {"exp_avg", "exp_avg_sq"},
    .begin = begin, .step = nadam_plain, .step_fma = nadam_fma,
};

void nc_nadam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay,
              double momentum_decay, int decoupled_weight_decay, int maximize)
{
    nc_optimizer_use(run, &optimizer, (const double[NC_MAX_VALUES]){
        lr, beta1, beta2, eps, weight_decay, momentum_decay, decoupled_weight_decay, maximize});
}
