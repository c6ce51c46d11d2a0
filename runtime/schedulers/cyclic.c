/* torch.optim.lr_scheduler.CyclicLR */
#include <math.h>

#include "step/schedule.h"

enum { BASE_LR, MAX_LR, UP, DOWN, MODE, GAMMA, CYCLE_MOMENTUM, BASE_MOMENTUM, MAX_MOMENTUM };
enum { TRIANGULAR, TRIANGULAR2, EXP_RANGE };

static const struct nc_argument arguments[] = {
    {"base_lr", NC_REAL, 0, HUGE_VAL, "the least rate"},
    {"max_lr", NC_REAL, 0, HUGE_VAL, "the largest one"},
    {"step_size_up", NC_INTEGER, 1, 0x1p31, "steps up"},
    {"step_size_down", NC_INTEGER, 0, 0x1p31, "steps down; 0: as many"},
    {"mode", NC_FIXED, 0, 0, NULL},
    {"gamma", NC_REAL, -HUGE_VAL, HUGE_VAL, "of exp_range"},
    {"cycle_momentum", NC_FLAG, 0, 1, "move the momentum against the rate"},
    {"base_momentum", NC_REAL, 0, HUGE_VAL, "the least momentum"},
    {"max_momentum", NC_REAL, 0, HUGE_VAL, "the largest one"},
    {0},
};

static void make(struct nc_run *run, struct nc_scheduler *s)
{
    for (int i = 0; i < run->part_count; i++) {
        run->parts[i].value[0] = s->value[BASE_LR];
        if (s->value[CYCLE_MOMENTUM] != 0)
            nc_scheduler_momentum(run, i, s->value[MAX_MOMENTUM]);
    }
}

static void made(struct nc_run *run, struct nc_scheduler *s)
{
    for (int i = 0; i < run->part_count; i++)
        s->base[i] = s->value[BASE_LR];
}

static double scale(const struct nc_scheduler *s, double cycle)
{
    if (s->value[MODE] == TRIANGULAR2)
        return 1 / pow(2.0, cycle - 1);
    return s->value[MODE] == EXP_RANGE ? pow(s->value[GAMMA], (double)s->last_epoch) : 1.0;
}

static double rate(struct nc_run *run, struct nc_scheduler *s, int part, int initial)
{
    (void)initial;
    double up = s->value[UP], total = up + (s->value[DOWN] > 0 ? s->value[DOWN] : up), ratio = up / total;
    double cycle = floor(1 + (double)s->last_epoch / total), x = 1.0 + (double)s->last_epoch / total - cycle;
    double height = x <= ratio ? x / ratio : (x - 1) / (ratio - 1);
    if (s->value[CYCLE_MOMENTUM] != 0)
        nc_scheduler_momentum(run, part, s->value[MAX_MOMENTUM] - (s->value[MAX_MOMENTUM] - s->value[BASE_MOMENTUM]) *
                                             height * scale(s, cycle));
    return s->base[part] + (s->value[MAX_LR] - s->base[part]) * height * scale(s, cycle);
}

static const struct nc_scheduler_kind cyclic = {
    .name = "CyclicLR", .arguments = arguments, .cycles = CYCLE_MOMENTUM, .make = make, .made = made, .rate = rate,
};

struct nc_scheduler *nc_cyclic_lr(struct nc_run *run, double base_lr, double max_lr, int step_size_up,
                                  int step_size_down, const char *mode, double gamma, int cycle_momentum,
                                  double base_momentum, double max_momentum)
{
    int number = mode[0] == 'e' ? EXP_RANGE : mode[sizeof "triangular" - 1] == '2' ? TRIANGULAR2 : TRIANGULAR;
    return nc_scheduler_new(run, &cyclic, (const double[NC_MAX_SCHEDULER_VALUES]){
        base_lr, max_lr, step_size_up, step_size_down, number, gamma, cycle_momentum, base_momentum, max_momentum});
}
