/* torch.optim.Adam and AdamW, which differ in where the weight decay goes. */
#include <math.h>

#include "step/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, AMSGRAD, MAXIMIZE, DECOUPLED };
enum { S_DECAY, S_SHRINK, S_FRESH1, S_BETA2, S_FRESH2, S_CORRECTION2, S_EPS, S_STEP };

#define ARGUMENTS \
    {"lr", NC_REAL, 0, HUGE_VAL, "learning rate"}, \
    {"betas", NC_PAIR, 0, NC_BELOW_ONE, "what the running averages keep"}, \
    {"eps", NC_REAL, 1e-45, HUGE_VAL, "added to the denominator"}, \
    {"weight_decay", NC_REAL, 0, HUGE_VAL, "weight decay"}, \
    {"amsgrad", NC_FLAG, 0, 1, "divide by the largest average so far"}, \
    {"maximize", NC_FLAG, 0, 1, "climb instead of descend"}

static const struct nc_argument adam_arguments[] = {
    ARGUMENTS, {"decoupled_weight_decay", NC_FLAG, 0, 1, "decay the parameters, not the gradients"}, {0}};
static const struct nc_argument adamw_arguments[] = {ARGUMENTS, {0}};

static int needs(const double *value, int array)
{
    return array < 2 || value[AMSGRAD] != 0;
}

static void begin(struct nc_part *part)
{
    const double *v = part->value;
    double step = (double)part->steps, correction1 = 1 - pow(v[BETA1], step), correction2 = 1 - pow(v[BETA2], step);
    part->scalar[S_DECAY] = v[DECOUPLED] != 0 ? 0 : (float)v[WEIGHT_DECAY];
    part->scalar[S_SHRINK] = v[DECOUPLED] != 0 && v[WEIGHT_DECAY] != 0 ? (float)(1 - v[LR] * v[WEIGHT_DECAY]) : 1;
    part->scalar[S_FRESH1] = (float)(1 - v[BETA1]);
    part->scalar[S_BETA2] = (float)v[BETA2];
    part->scalar[S_FRESH2] = (float)(1 - v[BETA2]);
    part->scalar[S_CORRECTION2] = (float)pow(correction2, 0.5);
    part->scalar[S_EPS] = (float)v[EPS];
    part->scalar[S_STEP] = (float)-(v[LR] / correction1);
}

NC_ALWAYS_INLINE void adam(const struct nc_stretch *s)
{
    const float *scalar = s->part->scalar;
    float *restrict w = s->weights, *restrict g = s->gradients;
    float *restrict m = s->state[0], *restrict v = s->state[1], *restrict most = s->state[2];
    float fresh1 = scalar[S_FRESH1], beta2 = scalar[S_BETA2], fresh2 = scalar[S_FRESH2], eps = scalar[S_EPS];
    float correction2 = scalar[S_CORRECTION2], step = scalar[S_STEP], shrink = scalar[S_SHRINK];
    nc_decay(s, s->part->value[MAXIMIZE] != 0, scalar[S_DECAY]);
    for (int i = 0; i < s->count; i++) {
        m[i] = nc_lerp(m[i], g[i], fresh1);
        v[i] = nc_average_square(v[i], g[i], beta2, fresh2);
    }
    const float *square = v;
    if (s->part->value[AMSGRAD] != 0) {
        square = most;
        for (int i = 0; i < s->count; i++)
            most[i] = most[i] > v[i] ? most[i] : v[i];
    }
    for (int i = 0; i < s->count; i++)
        w[i] = w[i] * shrink + step * m[i] / (sqrtf(square[i]) / correction2 + eps);
}

NC_OPTIMIZER_STEP(adam)

static const struct nc_optimizer adam_optimizer = {
    .name = "Adam", .arguments = adam_arguments, .momentum = BETA1,
    .arrays = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, .needs = needs, .begin = begin, .step = adam_plain,
    .step_fma = adam_fma,
};

static const struct nc_optimizer adamw_optimizer = {
    .name = "AdamW", .arguments = adamw_arguments, .momentum = BETA1,
    .arrays = {"exp_avg", "exp_avg_sq", "max_exp_avg_sq"}, .needs = needs, .begin = begin, .step = adam_plain,
    .step_fma = adam_fma,
};

void nc_adam(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay, int amsgrad,
             int maximize, int decoupled_weight_decay)
{
    nc_optimizer_use(run, &adam_optimizer, (const double[NC_MAX_VALUES]){
        lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, decoupled_weight_decay});
}

void nc_adamw(struct nc_run *run, double lr, double beta1, double beta2, double eps, double weight_decay, int amsgrad,
              int maximize)
{
    nc_optimizer_use(run, &adamw_optimizer,
                     (const double[NC_MAX_VALUES]){lr, beta1, beta2, eps, weight_decay, amsgrad, maximize, 1});
}
