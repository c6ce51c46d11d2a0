/* torch.optim.lr_scheduler.ConstantLR, LinearLR, PolynomialLR: rates that are a share of the first one for a while. */
#include <math.h>

#include "step/schedule.h"

/* ---- ConstantLR -------------------------------------------------------------------------------------------------- */

enum { FACTOR, CONSTANT_ITERS };

static const struct nc_argument constant_arguments[] = {
    {"factor", NC_REAL, 0, 1, "the share of the rate"},
    {"total_iters", NC_INTEGER, 0, 0x1p31, "steps until the whole rate"},
    {0},
};

static double constant_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)initial;
    double lr = run->parts[part].value[0];
    if (s->last_epoch == 0)
        return lr * s->value[FACTOR];
    return s->last_epoch == (long long)s->value[CONSTANT_ITERS] ? lr * (1.0 / s->value[FACTOR]) : lr;
}

static double constant_first(const struct nc_scheduler *s, double base)
{
    return base * (s->value[FACTOR] + (s->value[CONSTANT_ITERS] <= 0) * (1 - s->value[FACTOR]));
}

static const struct nc_scheduler_kind constant_lr = {
    .name = "ConstantLR", .arguments = constant_arguments, .cycles = -1, .rate = constant_rate,
    .first = constant_first,
};

struct nc_scheduler *nc_constant_lr(struct nc_run *run, double factor, int total_iters)
{
    return nc_scheduler_new(run, &constant_lr, (const double[NC_MAX_SCHEDULER_VALUES]){factor, total_iters});
}

/* ---- LinearLR ---------------------------------------------------------------------------------------------------- */

enum { START, END, LINEAR_ITERS };

static const struct nc_argument linear_arguments[] = {
    {"start_factor", NC_REAL, 0x1p-1000, 1, "the first share of the rate"},
    {"end_factor", NC_REAL, 0, 1, "the last one"},
    {"total_iters", NC_INTEGER, 1, 0x1p31, "steps from one to the other"},
    {0},
};

static double linear_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    double lr = run->parts[part].value[0], start = s->value[START], end = s->value[END], total = s->value[LINEAR_ITERS];
    if (s->last_epoch == 0)
        return lr * start;
    if (initial || (double)s->last_epoch > total)
        return lr;
    return lr * (1.0 + (end - start) / (total * start + (double)(s->last_epoch - 1) * (end - start)));
}

static double linear_first(const struct nc_scheduler *s, double base)
{
    return base * (s->value[START] + (s->value[END] - s->value[START]) * 0 / s->value[LINEAR_ITERS]);
}

static const struct nc_scheduler_kind linear_lr = {
    .name = "LinearLR", .arguments = linear_arguments, .cycles = -1, .rate = linear_rate, .first = linear_first,
};

struct nc_scheduler *nc_linear_lr(struct nc_run *run, double start_factor, double end_factor, int total_iters)
{
    return nc_scheduler_new(run, &linear_lr,
                            (const double[NC_MAX_SCHEDULER_VALUES]){start_factor, end_factor, total_iters});
}

/* ---- PolynomialLR ------------------------------------------------------------------------------------------------ */

enum { POLYNOMIAL_ITERS, POWER };

static const struct nc_argument polynomial_arguments[] = {
    {"total_iters", NC_INTEGER, 1, 0x1p31, "steps until the rate is 0"},
    {"power", NC_REAL, -HUGE_VAL, HUGE_VAL, "of the polynomial"},
    {0},
};

static double polynomial_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    double lr = run->parts[part].value[0], total = s->value[POLYNOMIAL_ITERS], at = (double)s->last_epoch;
    if (initial || at > total)
        return lr;
    return lr * pow((1.0 - at / total) / (1.0 - (at - 1) / total), s->value[POWER]);
}

static double polynomial_first(const struct nc_scheduler *s, double base)
{
    return base * pow(1.0, s->value[POWER]);
}

static const struct nc_scheduler_kind polynomial_lr = {
    .name = "PolynomialLR", .arguments = polynomial_arguments, .cycles = -1, .rate = polynomial_rate,
    .first = polynomial_first,
};

struct nc_scheduler *nc_polynomial_lr(struct nc_run *run, int total_iters, double power)
{
    return nc_scheduler_new(run, &polynomial_lr, (const double[NC_MAX_SCHEDULER_VALUES]){total_iters, power});
}
