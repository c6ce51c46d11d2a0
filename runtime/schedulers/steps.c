/* torch.optim.lr_scheduler.StepLR, MultiStepLR, ExponentialLR: rates that are multiplied by gamma now and then. */
#include <math.h>

#include "step/schedule.h"

/* ---- StepLR ------------------------------------------------------------------------------------------------------ */

enum { STEP_SIZE, STEP_GAMMA };

static const struct nc_argument step_arguments[] = {
    {"step_size", NC_INTEGER, 1, 0x1p31, "steps from one change to the next"},
    {"gamma", NC_REAL, -HUGE_VAL, HUGE_VAL, "what the rate is multiplied by"},
    {0},
};

static double step_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)initial;
    double lr = run->parts[part].value[0];
    return s->last_epoch == 0 || s->last_epoch % (long long)s->value[STEP_SIZE] != 0 ? lr : lr * s->value[STEP_GAMMA];
}

static double same(const struct nc_scheduler *s, double base)
{
    (void)s;
    return base;
}

static const struct nc_scheduler_kind step_lr = {
    .name = "StepLR", .arguments = step_arguments, .cycles = -1, .rate = step_rate, .first = same,
};

struct nc_scheduler *nc_step_lr(struct nc_run *run, int step_size, double gamma)
{
    return nc_scheduler_new(run, &step_lr, (const double[NC_MAX_SCHEDULER_VALUES]){step_size, gamma});
}

/* ---- MultiStepLR ------------------------------------------------------------------------------------------------- */

static const struct nc_argument multi_arguments[] = {
    {"gamma", NC_REAL, -HUGE_VAL, HUGE_VAL, "what the rate is multiplied by"},
    {0},
};

static int milestones(const struct nc_scheduler *s, long long from, long long to)
{
    int count = 0;
    for (int i = 0; i < s->list_count; i++)
        count += (long long)s->list[i] >= from && (long long)s->list[i] <= to;
    return count;
}

static double multi_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)initial;
    int count = milestones(s, s->last_epoch, s->last_epoch);
    double lr = run->parts[part].value[0];
    return count == 0 ? lr : lr * pow(s->value[0], count);
}

static double multi_first(const struct nc_scheduler *s, double base)
{
    return base * pow(s->value[0], milestones(s, -1, 0));
}

static const struct nc_scheduler_kind multi_step_lr = {
    .name = "MultiStepLR", .arguments = multi_arguments, .cycles = -1, .rate = multi_rate, .first = multi_first,
};

struct nc_scheduler *nc_multi_step_lr(struct nc_run *run, const double *list, double gamma, int count)
{
    struct nc_scheduler *s = nc_scheduler_new(run, &multi_step_lr, (const double[NC_MAX_SCHEDULER_VALUES]){gamma});
    s->list = list;
    s->list_count = count;
    return s;
}

/* ---- ExponentialLR ----------------------------------------------------------------------------------------------- */

static double exponential_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    double lr = run->parts[part].value[0];
    return initial ? lr : lr * s->value[0];
}

static const struct nc_scheduler_kind exponential_lr = {
    .name = "ExponentialLR", .arguments = multi_arguments, .cycles = -1, .rate = exponential_rate, .first = same,
};

struct nc_scheduler *nc_exponential_lr(struct nc_run *run, double gamma)
{
    return nc_scheduler_new(run, &exponential_lr, (const double[NC_MAX_SCHEDULER_VALUES]){gamma});
}
