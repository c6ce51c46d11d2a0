/* schedule.c: the statement `scheduler`: how learning rates change from update to update or from epoch to epoch. What
 * torch's class LRScheduler does for all schedulers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/schedule.h"

/* ---- Statements -------------------------------------------------------------------------------------------------- */

struct nc_scheduler *nc_scheduler_new(struct nc_run *run, const struct nc_scheduler_kind *kind, const double *values)
{
    struct nc_scheduler *s = nc_memory(run, 1, sizeof *s, "a scheduler");
    s->kind = kind;
    memcpy(s->value, values, sizeof s->value);
    return s;
}

static void take_arguments(struct nc_run *run, struct nc_scheduler *s, int number)
{
    snprintf(s->path, sizeof s->path, number < 0 ? "train.scheduler" : "train.scheduler.%d", number);
    if (s->kind->arguments != NULL)
        nc_arguments_take(run, s->path, s->kind->arguments, s->value, NULL);
}

void nc_schedule(struct nc_run *run, struct nc_scheduler *scheduler, int every, int metric)
{
    run->scheduler = scheduler;
    run->scheduler_every = every;
    run->scheduler_metric = metric;
    take_arguments(run, scheduler, -1);
    for (int i = 0; i < scheduler->children; i++)
        take_arguments(run, scheduler->child[i], i);
}

/* ---- torch's LRScheduler ----------------------------------------------------------------------------------------- */

/* _update_lr: torch asks for all rates before it sets the first one, and no rate looks at another part's. */
static void set_rates(struct nc_run *run, struct nc_scheduler *s, int initial)
{
    for (int i = 0; i < run->part_count; i++)
        run->parts[i].value[0] = s->kind->rate(run, s, i, initial);
}

static void step(struct nc_run *run, struct nc_scheduler *s, int initial)
{
    s->steps++;
    s->last_epoch++;
    if (s->kind->advance != NULL)
        s->kind->advance(s);
    set_rates(run, s, initial);
}

void nc_scheduler_first_step(struct nc_run *run, struct nc_scheduler *s)
{
    s->steps = 0;
    step(run, s, 1);
}

void nc_scheduler_restart(struct nc_run *run, struct nc_scheduler *s)
{
    s->last_epoch = 0;
    if (s->kind->first == NULL)
        set_rates(run, s, 0);
    for (int i = 0; i < run->part_count && s->kind->first != NULL; i++)
        run->parts[i].value[0] = s->kind->first(s, s->base[i]);
}

void nc_scheduler_start(struct nc_run *run, struct nc_scheduler *s)
{
    s->base = nc_memory(run, run->part_count, sizeof *s->base, "a scheduler");
    if (s->kind->start != NULL) {
        s->kind->start(run, s);
        return;
    }
    if (s->kind->make != NULL)
        s->kind->make(run, s);
    for (int i = 0; i < run->part_count; i++) {
        struct nc_part *part = &run->parts[i];
        if (!part->has_initial_lr)
            part->initial_lr = part->value[0];
        part->has_initial_lr = 1;
        s->base[i] = part->initial_lr;
    }
    s->last_epoch = -1;
    nc_scheduler_first_step(run, s);
    if (s->kind->made != NULL)
        s->kind->made(run, s);
}

void nc_scheduler_step(struct nc_run *run, struct nc_scheduler *s, double metric)
{
    if (s->kind->step != NULL)
        s->kind->step(run, s, metric);
    else
        step(run, s, 0);
}

void nc_scheduler_momentum(struct nc_run *run, int part, double momentum)
{
    run->parts[part].value[run->optimizer->momentum] = momentum;
}

/* ---- In the loop ------------------------------------------------------------------------------------------------- */

struct count {
    const struct nc_run *run;
    long long steps;
    int cycles;
};

static void check_steps(struct nc_scheduler *s, void *context)
{
    struct count *count = context;
    if (s->kind->check != NULL)
        s->kind->check(count->run, s, count->steps);
}

static void count_cycles(struct nc_scheduler *s, void *context)
{
    struct count *count = context;
    count->cycles += s->kind->cycles >= 0 && s->value[s->kind->cycles] != 0;
}

long long nc_updates_per_epoch(const struct nc_run *run)
{
    return (run->train.batches + run->accumulate.value - 1) / run->accumulate.value;
}

/* The steps of the scheduler that the run will come to. */
static long long steps_to_come(const struct nc_run *run)
{
    long long epochs = run->epochs.value, updates = nc_updates_per_epoch(run);
    if (run->max_steps.given) {
        long long whole = run->max_steps.value / run->train.batches, rest = run->max_steps.value % run->train.batches;
        if (whole < epochs)
            return run->scheduler_every == NC_EVERY_EPOCH ? whole : whole * updates + rest / run->accumulate.value;
    }
    return run->scheduler_every == NC_EVERY_EPOCH ? epochs : epochs * updates;
}

void nc_schedule_prepare(struct nc_run *run)
{
    if (run->scheduler == NULL)
        return;
    struct count count = {.run = run, .steps = steps_to_come(run)};
    nc_scheduler_start(run, run->scheduler);
    nc_schedulers(run->scheduler, check_steps, &count);
}

int nc_schedule_cycles(const struct nc_run *run)
{
    struct count count = {.run = run};
    nc_schedulers(run->scheduler, count_cycles, &count);
    return count.cycles > 0;
}

void nc_schedule_update(struct nc_run *run)
{
    if (run->scheduler != NULL && run->scheduler_every == NC_EVERY_BATCH)
        nc_scheduler_step(run, run->scheduler, 0);
}

void nc_schedule_epoch(struct nc_run *run, const struct nc_progress_state *at, const struct nc_score *test)
{
    if (run->scheduler == NULL || run->scheduler_every != NC_EVERY_EPOCH)
        return;
    nc_scheduler_step(run, run->scheduler, nc_epoch_metric(run, run->scheduler_metric, at, test));
}

static void free_one(struct nc_scheduler *s)
{
    for (int i = 0; i < s->children; i++)
        free_one(s->child[i]);
    free(s->base);
    free(s);
}

void nc_schedule_free(struct nc_run *run)
{
    if (run->scheduler != NULL)
        free_one(run->scheduler);
}
