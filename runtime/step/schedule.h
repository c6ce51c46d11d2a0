/* schedule.h: what a scheduler is to the runtime, one file a family in schedulers/. The learning rates are torch's to
 * the last bit: each class computes in double, in torch's order, from the rate before where torch's does
 * (torch/optim/lr_scheduler.py). */
#ifndef NETC_RUNTIME_SCHEDULE_H
#define NETC_RUNTIME_SCHEDULE_H

#include "step/optimizer.h"

enum { NC_MAX_SCHEDULER_VALUES = 12, NC_MAX_CHILDREN = 16 };

struct nc_scheduler {
    const struct nc_scheduler_kind *kind;
    double value[NC_MAX_SCHEDULER_VALUES]; /* in the order of the arguments */
    const double *list;                    /* [list_count] milestones */
    int list_count;
    struct nc_scheduler *child[NC_MAX_CHILDREN]; /* of SequentialLR, ChainedScheduler; they have no more */
    int children;
    char path[32];                         /* "train.scheduler.1": what --set calls it */

    /* state */
    long long last_epoch, steps; /* torch's last_epoch and _step_count */
    double kept[3];              /* what else a class keeps */
    double *base;                /* [parts] torch's base_lrs */
};

struct nc_scheduler_kind {
    const char *name;                    /* "StepLR" */
    const struct nc_argument *arguments; /* those that are numbers */
    int cycles;                          /* the place of cycle_momentum, or -1 */

    /* What the class does when it is made, before and after its first step; NULL: nothing. */
    void (*make)(struct nc_run *run, struct nc_scheduler *s);
    void (*made)(struct nc_run *run, struct nc_scheduler *s);
    /* What `step` does to the state before the rates are asked for; NULL: nothing but last_epoch + 1. */
    void (*advance)(struct nc_scheduler *s);
    /* torch's get_lr for one part, from its rate now, part->value[0]; `initial`: on being made. May set the part's
     * momentum. */
    double (*rate)(struct nc_run *run, struct nc_scheduler *s, int part, int initial);
    /* The rate that SequentialLR begins with at a milestone: of torch's closed form for epoch 0; NULL: `rate`. */
    double (*first)(const struct nc_scheduler *s, double base);

    /* Instead of all that, for those that are no sequence of rates. */
    void (*start)(struct nc_run *run, struct nc_scheduler *s);
    void (*step)(struct nc_run *run, struct nc_scheduler *s, double metric);
    /* Whether `steps` steps are too many: ends the program. NULL: none are. */
    void (*check)(const struct nc_run *run, const struct nc_scheduler *s, long long steps);
};

/* What the statements nc_step_lr, ... note; values in the order of the arguments. */
struct nc_scheduler *nc_scheduler_new(struct nc_run *run, const struct nc_scheduler_kind *kind, const double *values);

/* For schedulers of schedulers: a child as torch makes it, and its step. */
void nc_scheduler_start(struct nc_run *run, struct nc_scheduler *s);
void nc_scheduler_first_step(struct nc_run *run, struct nc_scheduler *s); /* torch's _initial_step */
void nc_scheduler_restart(struct nc_run *run, struct nc_scheduler *s);    /* torch's _update_lr(0) */
void nc_scheduler_step(struct nc_run *run, struct nc_scheduler *s, double metric);

/* The updates that an epoch comes to. */
long long nc_updates_per_epoch(const struct nc_run *run);

/* Sets what a scheduler cycles beside the rate. */
void nc_scheduler_momentum(struct nc_run *run, int part, double momentum);

/* ---- For the loop (schedule.c); nothing without a scheduler ------------------------------------------------------ */

void nc_schedule_prepare(struct nc_run *run);            /* sets the first rates */
int nc_schedule_cycles(const struct nc_run *run);        /* whether momenta change */
void nc_schedule_update(struct nc_run *run);             /* after an update */
void nc_schedule_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test);
void nc_schedule_free(struct nc_run *run);

/* Calls `each` for every scheduler, those that hold others first. */
static inline void nc_schedulers(struct nc_scheduler *s, void (*each)(struct nc_scheduler *s, void *context),
                                 void *context)
{
    if (s == NULL)
        return;
    each(s, context);
    for (int i = 0; i < s->children; i++)
        nc_schedulers(s->child[i], each, context);
}

#endif
