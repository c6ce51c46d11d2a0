/* What a run was made with, for TensorBoard's page HParams, which sets it beside the results of the run: the scalars of
 * the same folder. Names are those of --set. The page makes its columns of all runs that it sees; so no list of them is
 * written, as that of the first run would be taken for all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parts.h"
#include "step/schedule.h"

struct list {
    struct nc_run *run;
    struct nc_hparam *at; /* [count] */
    int count;
};

/* The next entry, under PREFIX.NAME, or NAME. */
static struct nc_hparam *add(struct list *list, const char *prefix, const char *name)
{
    list->at = nc_memory_grow(list->run, list->at, list->count + 1, sizeof *list->at, "the log");
    struct nc_hparam *added = &list->at[list->count++];
    *added = (struct nc_hparam){.number = 0};
    snprintf(added->name, sizeof added->name, "%s%s%s", prefix, prefix[0] ? "." : "", name);
    return added;
}

static void add_text(struct list *list, const char *name, const char *text)
{
    add(list, "", name)->text = text;
}

static void add_number(struct list *list, const char *name, double number)
{
    add(list, "", name)->number = number;
}

static void add_arguments(struct list *list, const char *prefix, const struct nc_argument *arguments,
                          const double *value)
{
    for (; arguments != NULL && arguments->name != NULL; arguments++) {
        struct nc_hparam *added = add(list, prefix, arguments->name);
        added->number = *value++;
        added->flag = arguments->kind == NC_FLAG;
        if (arguments->kind != NC_PAIR)
            continue;
        snprintf(added->name, sizeof added->name, "%s.%s.0", prefix, arguments->name);
        added = add(list, prefix, arguments->name);
        snprintf(added->name, sizeof added->name, "%s.%s.1", prefix, arguments->name);
        added->number = *value++;
    }
}

/* "train.scheduler" without its "train.". */
static const char *short_path(const char *path)
{
    return strncmp(path, "train.", 6) == 0 ? path + 6 : path;
}

static void add_scheduler(struct nc_scheduler *s, void *context)
{
    add_text(context, short_path(s->path), s->kind->name);
    add_arguments(context, short_path(s->path), s->kind->arguments, s->value);
}

static void add_parts(struct list *list)
{
    const struct nc_run *run = list->run;
    for (int i = 0; i < run->part_count; i++) {
        const struct nc_part *part = &run->parts[i];
        double value[NC_MAX_VALUES];
        char prefix[128];
        memcpy(value, part->value, sizeof value);
        if (part->has_initial_lr)
            value[0] = part->initial_lr;
        snprintf(prefix, sizeof prefix, "optimizer%s%s", i > 0 ? "." : "", i > 0 ? part->name : "");
        add_arguments(list, prefix, run->optimizer->arguments, value);
    }
}

struct nc_hparam *nc_log_settings(struct nc_run *run, int *count)
{
    struct list list = {.run = run};
    add_text(&list, "model", run->model->name);
    add_text(&list, "optimizer", run->optimizer->name);
    add_number(&list, "batch_size", run->train.batch_size);
    add_number(&list, "epochs", (double)run->epochs.value);
    add_number(&list, "seed", (double)run->seed.value);
    add_parts(&list);
    nc_schedulers(run->scheduler, add_scheduler, &list);
    if (run->lookahead.k > 0) {
        add_number(&list, "lookahead.k", run->lookahead.k);
        add_number(&list, "lookahead.alpha", run->lookahead.alpha);
        add_number(&list, "lookahead.power", run->lookahead.power);
    }
    if (run->accumulate.value > 1)
        add_number(&list, "accumulate", (double)run->accumulate.value);
    if (run->clip_norm.value > 0)
        add_number(&list, "clip.grad_norm", run->clip_norm.value);
    if (run->clip_value.value > 0)
        add_number(&list, "clip.grad_value", run->clip_value.value);
    *count = list.count;
    return list.at;
}

static void open_hparams(struct nc_run *run, void *own)
{
    (void)own;
    int count;
    struct nc_hparam *list = nc_log_settings(run, &count);
    struct nc_event_record *record = nc_log_record(run);
    if (record != NULL)
        nc_log_write(run, nc_event_hparams(record, nc_log_time(), list, count));
    free(list);
}

static void end_hparams(struct nc_run *run, void *own)
{
    (void)own;
    struct nc_event_record *record = nc_log_record(run);
    if (record != NULL)
        nc_log_write(run, nc_event_hparams_end(record, nc_log_time()));
}

void nc_log_hparams(struct nc_run *run)
{
    struct nc_log_part *part = nc_memory(run, 1, sizeof *part, "the log");
    *part = (struct nc_log_part){.open = open_hparams, .end = end_hparams, .close = free, .own = part};
    nc_log_add(run, part);
}
