/* parts.c: the statement `optimizer`: which optimizer, with which settings for which parameters; and the memory that it
 * takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "step/schedule.h"

/* ---- Statements -------------------------------------------------------------------------------------------------- */

static struct nc_part *add_part(struct nc_run *run)
{
    run->parts = nc_memory_grow(run, run->parts, run->part_count + 1, sizeof *run->parts, "the optimizer's settings");
    run->parts[run->part_count] = (struct nc_part){0};
    return &run->parts[run->part_count++];
}

void nc_optimizer_use(struct nc_run *run, const struct nc_optimizer *optimizer, const double *values)
{
    run->optimizer = optimizer;
    run->part_count = 0;
    struct nc_part *part = add_part(run);
    memcpy(part->value, values, sizeof part->value);
    nc_arguments_take(run, "train.optimizer", optimizer->arguments, part->value, part->taken);
}

void nc_part(struct nc_run *run, const char *name, int count, const int *parameters)
{
    char prefix[128];
    struct nc_part *part = add_part(run);
    memcpy(part->value, run->parts[0].value, sizeof part->value);
    part->name = name;
    part->parameters = parameters;
    part->parameter_count = count;
    snprintf(prefix, sizeof prefix, "train.optimizer.%s", name);
    nc_arguments_take(run, prefix, run->optimizer->arguments, part->value, part->taken);
}

void nc_part_value(struct nc_run *run, const char *name, int count, const double *values)
{
    struct nc_part *part = &run->parts[run->part_count - 1];
    int place = nc_argument_place(run->optimizer->arguments, name);
    for (int i = 0; i < count && place >= 0; i++)
        if (!part->taken[place + i])
            part->value[place + i] = values[i];
}

void nc_clip_norm(struct nc_run *run, double max_norm)
{
    nc_give_real(&run->clip_norm, max_norm);
}

void nc_clip_value(struct nc_run *run, double clip_value)
{
    nc_give_real(&run->clip_value, clip_value);
}

void nc_accumulate(struct nc_run *run, int batches)
{
    nc_give_long(&run->accumulate, batches);
}

/* ---- Memory ------------------------------------------------------------------------------------------------------ */

static int by_begin(const void *a, const void *b)
{
    const struct nc_segment *first = a, *second = b;
    return first->begin < second->begin ? -1 : first->begin > second->begin;
}

static int part_of(const struct nc_run *run, int parameter)
{
    if (run->model->parameters[parameter].kind != NC_LEARNED)
        return -1;
    for (int i = 1; i < run->part_count; i++)
        for (int k = 0; k < run->parts[i].parameter_count; k++)
            if (run->parts[i].parameters[k] == parameter)
                return i;
    return 0;
}

/* The block, cut where one part's parameters end and another's begin. */
static void cut(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    struct nc_segment *all = nc_memory(run, m->parameter_count + 1, sizeof *all, "the optimizer's settings");
    int count = 1;
    for (int i = 0; i < m->parameter_count; i++)
        all[i] = (struct nc_segment){.begin = m->parameters[i].offset, .part = part_of(run, i)};
    qsort(all, (size_t)m->parameter_count, sizeof *all, by_begin);
    all[0].begin = 0;
    for (int i = 1; i < m->parameter_count; i++)
        if (all[i].part != all[count - 1].part)
            all[count++] = all[i];
    for (int i = 0; i < count; i++)
        all[i].end = i + 1 < count ? all[i + 1].begin : m->block;
    run->segments = all;
    run->segment_count = count;
}

static int needs(const struct nc_run *run, const struct nc_part *part, int array)
{
    double value[NC_MAX_VALUES];
    if (run->optimizer->needs == NULL)
        return 1;
    memcpy(value, part->value, sizeof value);
    if (nc_schedule_cycles(run))
        value[run->optimizer->momentum] = 1;
    return run->optimizer->needs(value, array);
}

void nc_optimizer_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    const struct nc_optimizer *optimizer = run->optimizer;
    cut(run);
    for (int array = 0; array < NC_MAX_ARRAYS; array++) {
        int needed = 0;
        for (int i = 0; i < run->part_count; i++)
            needed |= optimizer->arrays[array] != NULL && needs(run, &run->parts[i], array);
        if (!needed)
            continue;
        float *state = run->state[array] = nc_memory(run, m->block, sizeof *state, "the optimizer's state");
        for (int i = 0; i < run->segment_count && optimizer->start != NULL; i++) {
            const struct nc_segment *segment = &run->segments[i];
            float value = segment->part >= 0 ? (float)optimizer->start(run->parts[segment->part].value, array) : 0;
            for (long long k = segment->begin; k < segment->end && value != 0; k++)
                state[k] = value;
        }
    }
    if (run->accumulate.value > 1 || run->clip_norm.value > 0)
        run->whole = nc_memory(run, m->block, sizeof *run->whole, "the gradients");
    if (run->clip_norm.value > 0)
        run->squares = nc_memory(run, nc_update_ranges(run), sizeof *run->squares, "the gradients");
}

void nc_optimizer_free(struct nc_run *run)
{
    for (int i = 0; i < NC_MAX_ARRAYS; i++)
        free(run->state[i]);
    free(run->whole);
    free(run->squares);
    free(run->segments);
    free(run->parts);
}
