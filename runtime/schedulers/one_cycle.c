/* torch.optim.lr_scheduler.OneCycleLR */
#include <math.h>

#include "step/schedule.h"

enum {
    MAX_LR,
    TOTAL_STEPS, /* 0: EPOCHS times STEPS_PER_EPOCH, each of which may be -1: those of the run */
    EPOCHS,
    STEPS_PER_EPOCH,
    PCT_START,
    LINEAR,
    CYCLE_MOMENTUM,
    BASE_MOMENTUM,
    MAX_MOMENTUM,
    DIV_FACTOR,
    FINAL_DIV_FACTOR,
    THREE_PHASE,
};

static const struct nc_argument arguments[] = {
    {"max_lr", NC_REAL, 0, HUGE_VAL, "the largest rate"},
    {"total_steps", NC_INTEGER, 0, 0x1p31, "steps of the cycle"},
    {"epochs", NC_INTEGER, -1, 0x1p31, "epochs of the cycle, instead"},
    {"steps_per_epoch", NC_INTEGER, -1, 0x1p31, "and steps of each"},
    {"pct_start", NC_REAL, 0, 1, "the share of the steps in which the rate rises"},
    {"anneal_strategy", NC_FIXED, 0, 0, NULL},
    {"cycle_momentum", NC_FLAG, 0, 1, "move the momentum against the rate"},
    {"base_momentum", NC_REAL, 0, HUGE_VAL, "the least momentum"},
    {"max_momentum", NC_REAL, 0, HUGE_VAL, "the largest one"},
    {"div_factor", NC_REAL, 0x1p-1000, HUGE_VAL, "the largest rate by the first one"},
    {"final_div_factor", NC_REAL, 0x1p-1000, HUGE_VAL, "the first rate by the last one"},
    {"three_phase", NC_FLAG, 0, 1, "down to the first rate before the last one"},
    {0},
};

static long long total_steps(const struct nc_run *run, const struct nc_scheduler *s)
{
    if (s->value[TOTAL_STEPS] > 0)
        return (long long)s->value[TOTAL_STEPS];
    long long epochs = s->value[EPOCHS] < 0 ? run->epochs.value : (long long)s->value[EPOCHS];
    long long steps = s->value[STEPS_PER_EPOCH] < 0 ? nc_updates_per_epoch(run) : (long long)s->value[STEPS_PER_EPOCH];
    return epochs * steps > 0 ? epochs * steps : 1;
}

static void make(struct nc_run *run, struct nc_scheduler *s)
{
    for (int i = 0; i < run->part_count; i++) {
        run->parts[i].initial_lr = s->value[MAX_LR] / s->value[DIV_FACTOR];
        run->parts[i].has_initial_lr = 1;
        if (s->value[CYCLE_MOMENTUM] != 0)
            nc_scheduler_momentum(run, i, s->value[MAX_MOMENTUM]);
    }
}

static double anneal(const struct nc_scheduler *s, double from, double to, double share)
{
    if (s->value[LINEAR] != 0)
        return (to - from) * share + from;
    return to + (from - to) / 2.0 * (cos(M_PI * share) + 1);
}

static double rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)initial;
    double total = (double)total_steps(run, s), rise = s->value[PCT_START] * total, at = (double)s->last_epoch;
    double highest = s->value[MAX_LR], first = highest / s->value[DIV_FACTOR];
    double last = first / s->value[FINAL_DIV_FACTOR];
    double most = s->value[MAX_MOMENTUM], least = s->value[BASE_MOMENTUM];
    const struct {
        double end, from, to, momentum_from, momentum_to;
    } phases[] = {{rise - 1, first, highest, most, least},
                  {2 * s->value[PCT_START] * total - 2, highest, first, least, most},
                  {total - 1, first, last, most, most},
                  {total - 1, highest, last, least, most}};
    int three = s->value[THREE_PHASE] != 0, phase = 0;
    double begin = 0;
    if (at > phases[0].end) {
        begin = phases[0].end;
        phase = three ? 1 : 3;
    }
    if (phase == 1 && at > phases[1].end) {
        begin = phases[1].end;
        phase = 2;
    }
    double length = phases[phase].end - begin, share = length != 0 ? (at - begin) / length : 1; /* torch: 1/0 */
    if (s->value[CYCLE_MOMENTUM] != 0)
        nc_scheduler_momentum(run, part, anneal(s, phases[phase].momentum_from, phases[phase].momentum_to, share));
    return anneal(s, phases[phase].from, phases[phase].to, share);
}

/* torch ends in the middle of training with the same complaint. */
static void check(const struct nc_run *run, const struct nc_scheduler *s, long long steps)
{
    long long total = total_steps(run, s);
    if (steps > total)
        nc_fail(run, "give it the number of its steps, or steps_per_epoch=_ and epochs=_",
                "OneCycleLR has %lld steps in all, but the run comes to %lld", total, steps);
}

static const struct nc_scheduler_kind one_cycle = {
    .name = "OneCycleLR", .arguments = arguments, .cycles = CYCLE_MOMENTUM, .make = make, .rate = rate, .check = check,
};

struct nc_scheduler *nc_one_cycle_lr(struct nc_run *run, double max_lr, int total, int epochs, int steps_per_epoch,
                                     double pct_start, const char *anneal_strategy, int cycle_momentum,
                                     double base_momentum, double max_momentum, double div_factor,
                                     double final_div_factor, int three_phase)
{
    return nc_scheduler_new(run, &one_cycle, (const double[NC_MAX_SCHEDULER_VALUES]){
        max_lr, total, epochs, steps_per_epoch, pct_start, anneal_strategy[0] == 'l', cycle_momentum, base_momentum,
        max_momentum, div_factor, final_div_factor, three_phase});
}
