/* torch.optim.lr_scheduler.ReduceLROnPlateau */
#include <math.h>

#include "step/schedule.h"

enum { MOST, FACTOR, PATIENCE, THRESHOLD, ABSOLUTE, COOLDOWN, MIN_LR, EPS };
enum { BEST, BAD, COOLING }; /* in s->kept */

static const struct nc_argument arguments[] = {
    {"mode", NC_FIXED, 0, 0, NULL},
    {"factor", NC_REAL, -HUGE_VAL, NC_BELOW_ONE, "what the rate is multiplied by"},
    {"patience", NC_INTEGER, 0, 0x1p31, "epochs without progress that are borne"},
    {"threshold", NC_REAL, -HUGE_VAL, HUGE_VAL, "what counts as progress"},
    {"threshold_mode", NC_FIXED, 0, 0, NULL},
    {"cooldown", NC_INTEGER, 0, 0x1p31, "epochs after a change in which nothing counts"},
    {"min_lr", NC_REAL, -HUGE_VAL, HUGE_VAL, "the least rate"},
    {"eps", NC_REAL, -HUGE_VAL, HUGE_VAL, "smaller changes are left undone"},
    {0},
};

static void start(struct nc_run *run, struct nc_scheduler *s)
{
    (void)run;
    s->kept[BEST] = s->value[MOST] != 0 ? -HUGE_VAL : HUGE_VAL;
}

static int is_better(const struct nc_scheduler *s, double metric)
{
    double best = s->kept[BEST], threshold = s->value[THRESHOLD];
    if (s->value[MOST] != 0)
        return metric > (s->value[ABSOLUTE] != 0 ? best + threshold : best * (threshold + 1.0));
    return metric < (s->value[ABSOLUTE] != 0 ? best - threshold : best * (1.0 - threshold));
}

static void step(struct nc_run *run, struct nc_scheduler *s, double metric)
{
    s->last_epoch++;
    if (is_better(s, metric)) {
        s->kept[BEST] = metric;
        s->kept[BAD] = 0;
    } else {
        s->kept[BAD] += 1;
    }
    if (s->kept[COOLING] > 0) {
        s->kept[COOLING] -= 1;
        s->kept[BAD] = 0;
    }
    if (s->kept[BAD] <= s->value[PATIENCE])
        return;
    for (int i = 0; i < run->part_count; i++) {
        double *lr = &run->parts[i].value[0], less = fmax(*lr * s->value[FACTOR], s->value[MIN_LR]);
        if (*lr - less > s->value[EPS])
            *lr = less;
    }
    s->kept[COOLING] = s->value[COOLDOWN];
    s->kept[BAD] = 0;
}

static const struct nc_scheduler_kind plateau = {
    .name = "ReduceLROnPlateau", .arguments = arguments, .cycles = -1, .start = start, .step = step,
};

struct nc_scheduler *nc_reduce_lr_on_plateau(struct nc_run *run, const char *mode, double factor, int patience,
                                             double threshold, const char *threshold_mode, int cooldown, double min_lr,
                                             double eps)
{
    return nc_scheduler_new(run, &plateau, (const double[NC_MAX_SCHEDULER_VALUES]){
        mode[1] == 'a', factor, patience, threshold, threshold_mode[0] == 'a', cooldown, min_lr, eps});
}
