/* torch.optim.lr_scheduler.CosineAnnealingLR, CosineAnnealingWarmRestarts */
#include <math.h>

#include "step/schedule.h"

/* ---- CosineAnnealingLR ------------------------------------------------------------------------------------------- */

enum { T_MAX, ETA_MIN };

static const struct nc_argument annealing_arguments[] = {
    {"T_max", NC_INTEGER, 1, 0x1p31, "steps down to eta_min"},
    {"eta_min", NC_REAL, -HUGE_VAL, HUGE_VAL, "the least rate"},
    {0},
};

static double annealing_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    double lr = run->parts[part].value[0], total = s->value[T_MAX], least = s->value[ETA_MIN];
    double at = (double)s->last_epoch, base = s->base[part];
    if (initial)
        return lr;
    if (s->steps == 1 && s->last_epoch > 0)
        return least + (base - least) * (1 + cos(at * M_PI / total)) / 2;
    if ((s->last_epoch - 1 - (long long)total) % (2 * (long long)total) == 0)
        return lr + (base - least) * (1 - cos(M_PI / total)) / 2;
    return (1 + cos(M_PI * at / total)) / (1 + cos(M_PI * (at - 1) / total)) * (lr - least) + least;
}

static double annealing_first(const struct nc_scheduler *s, double base)
{
    return s->value[ETA_MIN] + (base - s->value[ETA_MIN]) * (1 + cos(0)) / 2;
}

static const struct nc_scheduler_kind annealing = {
    .name = "CosineAnnealingLR", .arguments = annealing_arguments, .cycles = -1, .rate = annealing_rate,
    .first = annealing_first,
};

struct nc_scheduler *nc_cosine_annealing_lr(struct nc_run *run, int t_max, double eta_min)
{
    return nc_scheduler_new(run, &annealing, (const double[NC_MAX_SCHEDULER_VALUES]){t_max, eta_min});
}

/* ---- CosineAnnealingWarmRestarts --------------------------------------------------------------------------------- */

enum { T_0, T_MULT, RESTART_MIN };
enum { T_CUR, T_I }; /* in s->kept */

static const struct nc_argument restart_arguments[] = {
    {"T_0", NC_INTEGER, 1, 0x1p31, "steps until the first restart"},
    {"T_mult", NC_INTEGER, 1, 0x1p31, "how much longer each round is than the one before"},
    {"eta_min", NC_REAL, -HUGE_VAL, HUGE_VAL, "the least rate"},
    {0},
};

static void restart_make(struct nc_run *run, struct nc_scheduler *s)
{
    (void)run;
    s->kept[T_I] = s->value[T_0];
    s->kept[T_CUR] = -1;
}

/* torch takes epoch 0, the first one, and what SequentialLR has undone, for a beginning. */
static void restart_advance(struct nc_scheduler *s)
{
    if (s->last_epoch == 0) {
        s->kept[T_I] = s->value[T_0];
        s->kept[T_CUR] = 0;
        return;
    }
    s->kept[T_CUR] += 1;
    if (s->kept[T_CUR] >= s->kept[T_I]) {
        s->kept[T_CUR] = fmod(s->kept[T_CUR], s->kept[T_I]);
        s->kept[T_I] *= s->value[T_MULT];
    }
}

static double restart_rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)run;
    (void)initial;
    double least = s->value[RESTART_MIN];
    return least + (s->base[part] - least) * (1 + cos(M_PI * s->kept[T_CUR] / s->kept[T_I])) / 2;
}

static const struct nc_scheduler_kind restarts = {
    .name = "CosineAnnealingWarmRestarts", .arguments = restart_arguments, .cycles = -1, .make = restart_make,
    .advance = restart_advance, .rate = restart_rate,
};

struct nc_scheduler *nc_cosine_annealing_warm_restarts(struct nc_run *run, int t_0, int t_mult, double eta_min)
{
    return nc_scheduler_new(run, &restarts, (const double[NC_MAX_SCHEDULER_VALUES]){t_0, t_mult, eta_min});
}
