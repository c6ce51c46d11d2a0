/* step.c: one training step. The batch is cut into slices, each with a gradient block of its own; a slice is one task,
 * its groups run in order, and the blocks are added in slice order: so the sum does not depend on the threads. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

static int groups_per_slice(const struct nc_model *m)
{
    return (m->slice + m->group - 1) / m->group;
}

void nc_step_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    struct nc_step *step = run->step = nc_memory(run, 1, sizeof *step, "the batch");
    run->slices = (m->batch + m->slice - 1) / m->slice;
    run->gradients = nc_memory(run, run->slices, m->block * (long long)sizeof(float), "the gradients");
    step->input = nc_memory(run, m->batch, sizeof *step->input, "the batch");
    if (m->classes)
        step->labels = nc_memory(run, m->batch, sizeof *step->labels, "the batch");
    else
        step->targets = nc_memory(run, (long long)m->batch * m->outputs, sizeof *step->targets, "the batch");
    step->dropout = nc_memory(run, m->dropout_count, sizeof *step->dropout, "dropout");
    for (int i = 0; i < m->dropout_count; i++)
        step->dropout[i] = nc_memory(run, m->batch, m->dropouts[i].elements, "dropout");
    int groups = run->slices * groups_per_slice(m);
    step->loss = nc_memory(run, groups, sizeof *step->loss, "the batch");
    step->correct = nc_memory(run, groups, sizeof *step->correct, "the batch");
}

void nc_step_free(struct nc_run *run)
{
    struct nc_step *step = run->step;
    if (step == NULL)
        return;
    for (int i = 0; i < run->model->dropout_count; i++)
        free(step->dropout[i]);
    free(step->dropout);
    free(step->input);
    free(step->labels);
    free(step->targets);
    free(step->loss);
    free(step->correct);
    free(step);
    free(run->gradients);
}

static void gather(struct nc_run *run, long long batch)
{
    struct nc_step *step = run->step;
    const struct nc_data *data = run->train.data;
    long long first;
    step->count = nc_loader_batch(&run->train, batch, &first);
    step->place = first;
    step->scale = run->model->loss_sum ? 1.0f : 1.0f / (float)step->count;
    for (int i = 0; i < step->count; i++) {
        long long sample = run->train.order[first + i];
        if (step->labels != NULL)
            step->labels[i] = data->labels[sample];
        else
            memcpy(step->targets + (long long)i * data->target_floats, data->targets + sample * data->target_floats,
                   (size_t)data->target_floats * sizeof(float));
    }
}

/* Drawn as PyTorch's forward pass draws them: layer by layer, for the whole batch. p = 0 and p = 1 draw nothing. */
static void draw_dropout(struct nc_run *run)
{
    for (int i = 0; i < run->model->dropout_count; i++) {
        const struct nc_dropout *layer = &run->model->dropouts[i];
        size_t count = (size_t)(run->step->count * layer->elements);
        if (layer->p <= 0 || layer->p >= 1)
            memset(run->step->dropout[i], layer->p <= 0, count);
        else
            nc_random_mask(&run->random, 1 - layer->p, (long long)count, run->step->dropout[i]);
    }
}

int nc_step_slices(const struct nc_run *run)
{
    return (run->step->count + run->model->slice - 1) / run->model->slice;
}

/* One group of the gathered batch, in the memory of `thread`. Returns its number of samples, 0 past the batch's end. */
static int run_group(struct nc_run *run, int slice, int group, int thread, int backward)
{
    const struct nc_model *m = run->model;
    struct nc_step *step = run->step;
    int first = slice * m->slice + group * m->group;
    int end = (slice + 1) * m->slice < step->count ? (slice + 1) * m->slice : step->count;
    if (first >= end)
        return 0;
    struct nc_group g = {
        .count = end - first < m->group ? end - first : m->group,
        .first = first,
        .input = step->input + first,
        .target = step->labels != NULL ? (const void *)(step->labels + first)
                                       : (const void *)(step->targets + (long long)first * m->outputs),
        .weights = run->weights,
        .derived = run->derived,
        .gradients = backward ? run->gradients + slice * m->block : NULL,
        .workspace = run->workspace[thread],
        .pixel = run->train.data->pixel[0],
        .dropout = (const unsigned char *const *)step->dropout,
        .scale = step->scale,
    };
    nc_lap(NC_LAP_OTHER);
    for (int i = first; i < first + g.count; i++)
        step->input[i] = nc_data_sample(run->train.data, run->train.order[step->place + i]);
    nc_lap(NC_LAP_LOADING);
    (backward ? m->train : m->test)(&g);
    int at = slice * groups_per_slice(m) + group;
    step->loss[at] = g.loss;
    step->correct[at] = g.correct;
    return g.count;
}

int nc_step_forward_group(struct nc_run *run, int slice, int group, int thread)
{
    return run_group(run, slice, group, thread, 0);
}

static void slice_task(void *context, int slice, int thread)
{
    struct nc_run *run = context;
    const struct nc_model *m = run->model;
    int backward = run->step->backward;
    if (backward)
        memset(run->gradients + slice * m->block, 0, (size_t)m->block * sizeof(float));
    for (int group = 0; group < groups_per_slice(m); group++)
        run_group(run, slice, group, thread, backward);
}

/* The gathered batch through the model. */
static struct nc_score run_batch(struct nc_run *run, int backward)
{
    struct nc_step *step = run->step;
    struct nc_score score = {.count = step->count};
    int slices = nc_step_slices(run), groups = slices * groups_per_slice(run->model);
    step->backward = backward;
    memset(step->loss, 0, (size_t)groups * sizeof *step->loss);
    memset(step->correct, 0, (size_t)groups * sizeof *step->correct);
    nc_pool_run(run->pool, slices, slice_task, run);
    for (int i = 0; i < groups; i++) {
        score.loss += step->loss[i];
        score.correct += step->correct[i];
    }
    return score;
}

struct nc_score nc_step_forward(struct nc_run *run)
{
    return run_batch(run, 0);
}

struct nc_score nc_step_gradients(struct nc_run *run, long long batch)
{
    gather(run, batch);
    nc_lap(NC_LAP_LOADING);
    draw_dropout(run);
    return run_batch(run, 1);
}

struct nc_score nc_step(struct nc_run *run, long long batch)
{
    struct nc_score score = nc_step_gradients(run, batch);
    if (isfinite(score.loss)) {
        nc_update(run, nc_step_slices(run));
        nc_derive(run);
    }
    return score;
}
