/* sweep.c: samples on their way through the model's sweeps, round by round. A task is a slice (a group in evaluation)
 * or a part; the threads share out the tasks of a round and wait for each other at its end. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

static int groups_per_slice(const struct nc_model *m)
{
    return m->slice / m->group;
}

/* The groups of a stretch; no group reaches over its end. */
static int groups_per_stretch(const struct nc_pass *pass)
{
    return (pass->stretch + pass->run->model->group - 1) / pass->run->model->group;
}

int nc_pass_groups(const struct nc_pass *pass)
{
    int whole = pass->count / pass->stretch, rest = pass->count % pass->stretch, group = pass->run->model->group;
    return whole * groups_per_stretch(pass) + (rest + group - 1) / group;
}

int nc_pass_group(const struct nc_pass *pass, int index, int *first)
{
    int per_stretch = groups_per_stretch(pass), group = pass->run->model->group;
    int start = index / per_stretch * pass->stretch, in_stretch = pass->stretch;
    if (pass->count - start < in_stretch)
        in_stretch = pass->count - start;
    int before = index % per_stretch * group;
    *first = start + before;
    return in_stretch - before < group ? in_stretch - before : group;
}

static void (*sweep_function(const struct nc_pass *pass, const struct nc_sweep *sweep))(struct nc_group *g)
{
    return pass->backward ? sweep->train : sweep->test;
}

/* The first sweep of the model that learns, or the end: they are the last ones. */
static const struct nc_sweep *learning(const struct nc_model *m)
{
    const struct nc_sweep *sweep = m->sweeps, *end = m->sweeps + m->sweep_count;
    while (sweep < end && !sweep->learns)
        sweep++;
    return sweep;
}

/* The sweeps that nc_pass_run goes through. */
static const struct nc_sweep *first_sweep(const struct nc_pass *pass)
{
    return pass->passage != NULL ? pass->passage->sweeps : pass->run->model->sweeps;
}

static const struct nc_sweep *last_sweep(const struct nc_pass *pass)
{
    return pass->passage != NULL ? pass->passage->sweeps + pass->passage->sweep_count : learning(pass->run->model);
}

/* The samples from `first` on, as the functions of the model see them. */
static struct nc_group samples(const struct nc_pass *pass, int first, int count, int thread)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    return (struct nc_group){
        .count = count,
        .first = first,
        .input = pass->input + first,
        .target = pass->labels != NULL    ? (const void *)(pass->labels + (long long)first * nc_places(m))
                  : pass->targets != NULL ? (const void *)(pass->targets + (long long)first * m->outputs)
                                          : NULL,
        .probabilities = m->classes && pass->targets != NULL,
        .weights = run->weights,
        .kept = pass->backward && run->command == NC_COMMAND_TRAIN ? run->weights : NULL,
        .training = pass->training,
        .derived = run->derived,
        .workspace = run->workspace[thread],
        .batch = run->batch,
        .learned = run->learned != NULL ? run->learned[thread] : NULL,
        .update = &run->update,
        .pixel = pass->loader->data->pixel[0],
        .dropout = pass->dropout,
        .scale = pass->scale,
    };
}

const float *nc_group_outputs(const struct nc_run *run, const struct nc_group *g, int *stride)
{
    const struct nc_model *m = run->model;
    const struct nc_output *output = m->evaluation != NULL ? &m->evaluation->output : &m->output;
    const float *x = (const void *)((output->in_batch ? g->batch : g->workspace) + output->offset);
    *stride = output->stride;
    return output->in_batch ? x + (long long)g->first * output->stride : x;
}

void nc_pass_prepare(struct nc_pass *pass, int samples, int groups, const char *what)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    pass->input = nc_memory(run, samples, sizeof *pass->input, what);
    if (pass->unlabelled)
        ;
    else if (pass->loader->data->labels != NULL)
        pass->labels = nc_memory(run, (long long)samples * nc_places(m), sizeof *pass->labels, what);
    else
        pass->targets = nc_memory(run, (long long)samples * m->outputs, sizeof *pass->targets, what);
    pass->loss = nc_memory(run, groups, sizeof *pass->loss, what);
    pass->correct = nc_memory(run, groups, sizeof *pass->correct, what);
}

void nc_pass_free(struct nc_pass *pass)
{
    free(pass->input);
    free(pass->labels);
    free(pass->targets);
    free(pass->loss);
    free(pass->correct);
}

void nc_pass_gather(struct nc_pass *pass, long long place, int count)
{
    const struct nc_loader *loader = pass->loader;
    const struct nc_data *data = loader->data;
    const long long places = nc_places(pass->run->model);
    pass->place = place;
    pass->count = count;
    for (int i = 0; i < count; i++) {
        long long sample = loader->order[place + i];
        if (pass->labels != NULL)
            memcpy(pass->labels + i * places, data->labels + sample * places, (size_t)places * sizeof *pass->labels);
        else
            memcpy(pass->targets + (long long)i * data->target_floats, data->targets + sample * data->target_floats,
                   (size_t)data->target_floats * sizeof(float));
    }
    pass->ready = loader->feed != NULL;
    if (!pass->ready)
        return;
    const struct nc_fed *fed = nc_feed_take(loader->feed);
    memcpy(pass->input, fed->input, (size_t)count * sizeof *pass->input);
    pass->dropout = (const unsigned char *const *)fed->dropout;
}

static void run_group(struct nc_pass *pass, const struct nc_sweep *sweep, int index, int slice, int thread)
{
    const struct nc_run *run = pass->run;
    int first, count = nc_pass_group(pass, index, &first);
    struct nc_group g = samples(pass, first, count, thread);
    if (pass->backward)
        g.gradients = run->gradients + slice * run->model->sliced;
    nc_lap(NC_LAP_OTHER);
    if (sweep == first_sweep(pass) && !pass->ready) {
        for (int i = first; i < first + count; i++)
            pass->input[i] = nc_data_sample(pass->loader->data, pass->loader->order[pass->place + i]);
        nc_lap(NC_LAP_LOADING);
    }
    sweep_function(pass, sweep)(&g);
    if (sweep->loss) {
        pass->loss[index] = g.loss;
        pass->correct[index] = g.correct;
        if (pass->look != NULL)
            pass->look(run, &g);
    }
}

static void run_slice(struct nc_pass *pass, const struct nc_sweep *sweep, int slice, int thread)
{
    const struct nc_model *m = pass->run->model;
    if (!pass->begun[slice]) {
        nc_memory_begin(pass->run->gradients + slice * m->sliced, (size_t)m->sliced * sizeof(float));
        pass->begun[slice] = 1;
    }
    int first = slice * groups_per_slice(m), end = first + groups_per_slice(m), groups = nc_pass_groups(pass);
    for (int group = first; group < end && group < groups; group++)
        run_group(pass, sweep, group, slice, thread);
    atomic_fetch_sub(&pass->open[slice], 1);
}

int nc_pass_slices(const struct nc_pass *pass)
{
    return (pass->count + pass->run->model->slice - 1) / pass->run->model->slice;
}

int nc_pass_tasks(const struct nc_pass *pass, const struct nc_sweep *sweep)
{
    if (sweep_function(pass, sweep) == NULL)
        return 0;
    return sweep->parts ? sweep->parts : pass->backward ? nc_pass_slices(pass) : nc_pass_groups(pass);
}

void nc_pass_task(struct nc_pass *pass, const struct nc_sweep *sweep, int index, int thread)
{
    if (sweep->parts) {
        struct nc_group g = samples(pass, 0, pass->count, thread);
        g.part = index;
        g.whole = pass->whole;
        sweep_function(pass, sweep)(&g);
    } else if (pass->backward) {
        run_slice(pass, sweep, index, thread);
    } else {
        run_group(pass, sweep, index, 0, thread);
    }
}

/* Sweeps of one round, and what else there is to do for threads that find none of their tasks left. */
struct round {
    struct nc_pass *pass;
    const struct nc_sweep *first, *end;
    void (*behind)(struct nc_pass *pass, int index);
};

/* The update of a range of what no sweep learned. */
static void update(struct nc_pass *pass, int index)
{
    nc_update_task(pass->run, index);
}

/* A range of the gradients of those slices that are done while others are still under way. */
static void fold(struct nc_pass *pass, int index)
{
    int done = 0;
    while (done < nc_pass_slices(pass) && atomic_load(&pass->open[done]) == 0)
        done++;
    nc_fold_task(pass->run, index, done);
}

static void round_task(void *context, int index, int thread)
{
    const struct round *round = context;
    for (const struct nc_sweep *sweep = round->first; sweep < round->end; sweep++) {
        int tasks = nc_pass_tasks(round->pass, sweep);
        if (index < tasks) {
            nc_pass_task(round->pass, sweep, index, thread);
            return;
        }
        index -= tasks;
    }
    round->behind(round->pass, index);
}

static void run_round(struct nc_pass *pass, const struct nc_sweep *first, const struct nc_sweep *end, int more,
                      void (*behind)(struct nc_pass *pass, int index))
{
    struct round round = {pass, first, end, behind};
    int tasks = more, of_slices = 0;
    for (const struct nc_sweep *sweep = first; sweep < end; sweep++) {
        int own = nc_pass_tasks(pass, sweep);
        of_slices += own > 0 && !sweep->parts;
        tasks += own;
    }
    for (int slice = 0; pass->backward && slice < nc_pass_slices(pass); slice++)
        atomic_store(&pass->open[slice], of_slices);
    nc_pool_run(pass->run->pool, tasks, round_task, &round);
}

struct nc_score nc_pass_run(struct nc_pass *pass)
{
    const struct nc_sweep *first = first_sweep(pass), *end = last_sweep(pass);
    int folds = pass->backward ? nc_fold_begin(pass->run) : 0;
    while (first < end) {
        const struct nc_sweep *next = first + 1;
        while (next < end && next->round == first->round)
            next++;
        run_round(pass, first, next, next == end ? folds : 0, fold);
        first = next;
    }
    long long judged;
    nc_loss_divisor(pass->run->model, pass->labels, pass->count, &judged);
    struct nc_score score = {.judged = judged, .count = pass->count};
    for (int i = 0; i < nc_pass_groups(pass); i++) {
        score.loss += pass->loss[i];
        score.correct += pass->correct[i];
    }
    return score;
}

int nc_pass_learn(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    int learn = run->command == NC_COMMAND_TRAIN;
    if (learn)
        nc_update_begin(run, nc_pass_slices(pass));
    run_round(pass, learning(m), m->sweeps + m->sweep_count, learn ? nc_update_tasks(run) : 0, update);
    return learn && nc_update_end(run);
}
