/* evaluate.c: the loss and the accuracy over the whole test set, in evaluation mode, without gradients. A group of
 * samples is a task; no group reaches over the end of a batch, so that the batches' own losses can be told. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

/* One thread's memory, and what all tasks leave. */
struct scratch {
    const void **input; /* [group] */
    int *labels;        /* [group], or NULL */
    float *targets;     /* [group][outputs], or NULL */
};

struct nc_evaluation {
    struct scratch *scratch; /* [threads] */
    double *loss;            /* [batches][groups of a batch] */
    int *correct;
};

static int groups_per_batch(const struct nc_run *run)
{
    return (run->test.batch_size + run->model->group - 1) / run->model->group;
}

void nc_evaluate_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    if (run->test.data == NULL)
        return;
    struct nc_evaluation *e = run->evaluation = nc_memory(run, 1, sizeof *e, "the evaluation");
    int threads = nc_pool_threads(run->pool);
    e->scratch = nc_memory(run, threads, sizeof *e->scratch, "the evaluation");
    for (int i = 0; i < threads; i++) {
        e->scratch[i].input = nc_memory(run, m->group, sizeof(void *), "the evaluation");
        if (m->classes)
            e->scratch[i].labels = nc_memory(run, m->group, sizeof(int), "the evaluation");
        else
            e->scratch[i].targets = nc_memory(run, (long long)m->group * m->outputs, sizeof(float), "the evaluation");
    }
    long long groups = run->test.batches * groups_per_batch(run);
    e->loss = nc_memory(run, groups, sizeof *e->loss, "the evaluation");
    e->correct = nc_memory(run, groups, sizeof *e->correct, "the evaluation");
}

void nc_evaluate_free(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    if (e == NULL)
        return;
    for (int i = 0; i < nc_pool_threads(run->pool); i++) {
        free(e->scratch[i].input);
        free(e->scratch[i].labels);
        free(e->scratch[i].targets);
    }
    free(e->scratch);
    free(e->loss);
    free(e->correct);
    free(e);
}

static void group_task(void *context, int index, int thread)
{
    struct nc_run *run = context;
    const struct nc_model *m = run->model;
    struct nc_data *data = run->test.data;
    struct nc_evaluation *e = run->evaluation;
    struct scratch *scratch = &e->scratch[thread];
    long long batch = index / groups_per_batch(run), place;
    int in_batch = nc_loader_batch(&run->test, batch, &place);
    int first = index % groups_per_batch(run) * m->group;
    e->loss[index] = 0;
    e->correct[index] = 0;
    if (first >= in_batch)
        return;
    struct nc_group g = {
        .count = in_batch - first < m->group ? in_batch - first : m->group,
        .first = first,
        .input = scratch->input,
        .target = m->classes ? (const void *)scratch->labels : (const void *)scratch->targets,
        .weights = run->weights,
        .derived = run->derived,
        .workspace = run->workspace[thread],
        .pixel = data->pixel[0],
        .scale = 1.0f,
    };
    for (int i = 0; i < g.count; i++) {
        long long sample = run->test.order[place + first + i];
        scratch->input[i] = nc_data_sample(data, sample);
        if (m->classes)
            scratch->labels[i] = data->labels[sample];
        else
            memcpy(scratch->targets + (long long)i * m->outputs, data->targets + sample * data->target_floats,
                   (size_t)m->outputs * sizeof(float));
    }
    nc_lap(NC_LAP_LOADING);
    m->test(&g);
    e->loss[index] = g.loss;
    e->correct[index] = g.correct;
}

struct nc_score nc_evaluate(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    struct nc_score score = {0};
    int groups = groups_per_batch(run);
    nc_loader_begin(&run->test, &run->random);
    nc_pool_run(run->pool, (int)(run->test.batches * groups), group_task, run);
    for (long long batch = 0; batch < run->test.batches; batch++) {
        long long first;
        int count = nc_loader_batch(&run->test, batch, &first);
        double loss = 0;
        for (int i = 0; i < groups; i++) {
            loss += e->loss[batch * groups + i];
            score.correct += e->correct[batch * groups + i];
        }
        score.loss += loss;
        score.loss_sum += run->model->loss_sum ? loss : loss / count;
        score.count += count;
    }
    score.loss /= (double)score.count;
    return score;
}
