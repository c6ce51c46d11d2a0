/* evaluate.c: the loss and the accuracy over the whole test set, in evaluation mode, without gradients. Several batches
 * go through the model at once, or as many samples of one as the memory between the sweeps holds. */
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { SAMPLES = 1024 }; /* at once, unless a batch has more: enough to keep all threads busy */

struct nc_evaluation {
    struct nc_pass pass;
    int most; /* samples of a pass */
    /* what has been added up of the batch under way */
    double loss;
    int seen;
};

void nc_evaluate_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    if (run->test.data == NULL)
        return;
    int size = run->test.batch_size, most = size < SAMPLES ? SAMPLES / size * size : size;
    struct nc_evaluation *e = run->evaluation = nc_memory(run, 1, sizeof *e, "the evaluation");
    struct nc_pass *pass = &e->pass;
    *pass = (struct nc_pass){.run = run, .loader = &run->test, .stretch = size, .scale = 1.0f};
    if (m->batch_bytes > 0)
        most = m->batch < size ? m->batch : size;
    e->most = most;
    pass->input = nc_memory(run, most, sizeof *pass->input, "the evaluation");
    if (m->classes)
        pass->labels = nc_memory(run, most, sizeof *pass->labels, "the evaluation");
    else
        pass->targets = nc_memory(run, (long long)most * m->outputs, sizeof *pass->targets, "the evaluation");
    pass->loss = nc_memory(run, most, sizeof *pass->loss, "the evaluation");
    pass->correct = nc_memory(run, most, sizeof *pass->correct, "the evaluation");
}

void nc_evaluate_free(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    if (e == NULL)
        return;
    free(e->pass.input);
    free(e->pass.labels);
    free(e->pass.targets);
    free(e->pass.loss);
    free(e->pass.correct);
    free(e);
}

/* The samples from `place` on of the test set's order. */
static void gather(struct nc_run *run, long long place, int count)
{
    struct nc_pass *pass = &run->evaluation->pass;
    const struct nc_data *data = run->test.data;
    pass->place = place;
    pass->count = count;
    for (int i = 0; i < count; i++) {
        long long sample = run->test.order[place + i];
        if (pass->labels != NULL)
            pass->labels[i] = data->labels[sample];
        else
            memcpy(pass->targets + (long long)i * data->target_floats, data->targets + sample * data->target_floats,
                   (size_t)data->target_floats * sizeof(float));
    }
}

/* Adds what the groups of a pass left, batch by batch; `left`: the samples from its first one to the end. */
static void add_groups(struct nc_run *run, struct nc_score *score, long long left)
{
    struct nc_evaluation *e = run->evaluation;
    for (int i = 0; i < nc_pass_groups(&e->pass); i++) {
        int first, count = nc_pass_group(&e->pass, i, &first);
        e->loss += e->pass.loss[i];
        e->seen += count;
        score->correct += e->pass.correct[i];
        score->count += count;
        if (e->seen < run->test.batch_size && first + count < left)
            continue;
        score->loss += e->loss;
        score->loss_sum += run->model->loss_sum ? e->loss : e->loss / e->seen;
        e->loss = 0;
        e->seen = 0;
    }
}

struct nc_score nc_evaluate(struct nc_run *run)
{
    struct nc_evaluation *e = run->evaluation;
    struct nc_score score = {0};
    int size = run->test.batch_size;
    nc_loader_begin(&run->test, &run->random);
    long long last, samples = nc_loader_batch(&run->test, run->test.batches - 1, &last);
    samples += last;
    for (long long place = 0; place < samples;) {
        int most = e->most < size - place % size ? e->most : (int)(size - place % size); /* not over a batch's end */
        if (e->most > size)
            most = e->most;
        gather(run, place, samples - place < most ? (int)(samples - place) : most);
        nc_lap(NC_LAP_LOADING);
        nc_pass_run(&e->pass);
        add_groups(run, &score, samples - place);
        place += e->pass.count;
    }
    score.loss /= (double)score.count;
    return score;
}
