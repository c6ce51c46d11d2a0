/* torch.optim.lr_scheduler.SequentialLR, ChainedScheduler: schedulers of schedulers. */
#include "step/schedule.h"

/* ---- SequentialLR: one after the other --------------------------------------------------------------------------- */

/* The scheduler that has step `at`: bisect_right(milestones, at). */
static int turn(const struct nc_scheduler *s, long long at)
{
    int index = 0;
    while (index < s->list_count && at >= (long long)s->list[index])
        index++;
    return index;
}

static void sequential_start(struct nc_run *run, struct nc_scheduler *s)
{
    for (int i = 0; i < s->children; i++)
        nc_scheduler_start(run, s->child[i]);
    for (int i = 0; i < run->part_count; i++)
        run->parts[i].value[0] = run->parts[i].initial_lr;
    for (int i = 0; i < s->children; i++)
        s->child[i]->last_epoch--;
    nc_scheduler_first_step(run, s->child[turn(s, 0)]);
}

static void sequential_step(struct nc_run *run, struct nc_scheduler *s, double metric)
{
    s->last_epoch++;
    int index = turn(s, s->last_epoch);
    if (index > 0 && (long long)s->list[index - 1] == s->last_epoch)
        nc_scheduler_restart(run, s->child[index]);
    else
        nc_scheduler_step(run, s->child[index], metric);
}

static const struct nc_scheduler_kind sequential = {
    .name = "SequentialLR", .cycles = -1, .start = sequential_start, .step = sequential_step,
};

/* ---- ChainedScheduler: all at every step ------------------------------------------------------------------------- */

static void chained_start(struct nc_run *run, struct nc_scheduler *s)
{
    for (int i = 0; i < s->children; i++)
        nc_scheduler_start(run, s->child[i]);
}

static void chained_step(struct nc_run *run, struct nc_scheduler *s, double metric)
{
    for (int i = 0; i < s->children; i++)
        nc_scheduler_step(run, s->child[i], metric);
}

static const struct nc_scheduler_kind chained = {
    .name = "ChainedScheduler", .cycles = -1, .start = chained_start, .step = chained_step,
};

/* ---- Statements -------------------------------------------------------------------------------------------------- */

static void add_children(struct nc_scheduler *s, int count, struct nc_scheduler *const *children)
{
    s->children = count;
    for (int i = 0; i < count; i++)
        s->child[i] = children[i];
}

struct nc_scheduler *nc_sequential_lr(struct nc_run *run, int count, struct nc_scheduler *const *schedulers,
                                      const double *milestones)
{
    struct nc_scheduler *s = nc_scheduler_new(run, &sequential, (const double[NC_MAX_SCHEDULER_VALUES]){0});
    add_children(s, count, schedulers);
    s->list = milestones;
    s->list_count = count - 1;
    return s;
}

struct nc_scheduler *nc_chained_scheduler(struct nc_run *run, int count, struct nc_scheduler *const *schedulers)
{
    struct nc_scheduler *s = nc_scheduler_new(run, &chained, (const double[NC_MAX_SCHEDULER_VALUES]){0});
    add_children(s, count, schedulers);
    return s;
}
