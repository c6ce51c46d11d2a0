/* pass.c: batches on the device: a step of training, and evaluation. What a batch is made of, its samples, targets,
 * masks and numbers, goes there; what comes back are the losses, or in evaluation the outputs. */
#include <math.h>

#include "gpu/gpu.h"
#include "step/optimizer.h"

static void put(const struct nc_gpu_session *s, int block, const void *from, long long bytes)
{
    const struct nc_gpu_place place = {s->block[block], 0, s->bytes[block]};
    if (bytes > 0)
        s->gpu->kind->upload(s->gpu, &place, from, bytes);
}

static void launch(const struct nc_gpu_session *s, void *const *bound, const struct nc_launch *launches, int count,
                   int samples)
{
    for (int i = 0; i < count; i++) {
        const struct nc_launch *l = &launches[i];
        long long groups = l->groups * (l->unit == 0 ? 1 : (l->each * samples + l->unit - 1) / l->unit);
        s->gpu->kind->launch(s->gpu, bound[i], groups, samples);
    }
}

/* `count` samples of a pass from `first` on, and what their bytes stand for. */
static void put_samples(struct nc_gpu_session *s, struct nc_pass *pass, int first, int count)
{
    const struct nc_model *m = pass->run->model;
    struct nc_data *data = pass->loader->data;
    const long long size = m->floats || m->tokens ? 4 : 1;
    long long bytes = size;
    for (int i = 0; i < m->input_rank; i++)
        bytes *= m->input_shape[i];
    for (int i = first; i < first + count; i++) {
        if (!pass->ready)
            pass->input[i] = nc_data_sample(data, pass->loader->order[pass->place + i]);
        memcpy(s->samples + (i - first) * bytes, pass->input[i], (size_t)bytes);
    }
    put(s, NC_ON_SAMPLES, s->samples, count * bytes);
    if (size == 1 && s->pixels_of != data) {
        put(s, NC_ON_PIXELS, data->pixel, (long long)sizeof data->pixel);
        s->pixels_of = data;
    }
}

static void put_targets(const struct nc_gpu_session *s, const struct nc_pass *pass)
{
    const struct nc_model *m = pass->run->model;
    if (pass->labels != NULL)
        put(s, NC_ON_TARGETS, pass->labels, (long long)pass->count * nc_places(m) * (long long)sizeof *pass->labels);
    else
        put(s, NC_ON_TARGETS, pass->targets, (long long)pass->count * m->outputs * (long long)sizeof *pass->targets);
}

static void put_masks(const struct nc_gpu_session *s, const struct nc_pass *pass)
{
    const struct nc_model *m = pass->run->model;
    for (int i = 0; i < m->dropout_count; i++) {
        const long long bytes = nc_dropout_draws(&m->dropouts[i], pass->count), at = s->device->masks[i];
        const struct nc_gpu_place place = {s->block[NC_ON_MASKS], at, s->bytes[NC_ON_MASKS] - at};
        if (bytes > 0)
            s->gpu->kind->upload(s->gpu, &place, pass->dropout[i], bytes);
    }
}

static void put_numbers(const struct nc_gpu_session *s, const struct nc_pass *pass)
{
    const struct nc_run *run = pass->run;
    s->numbers[NC_NUMBER_SCALE] = pass->scale;
    s->numbers[NC_NUMBER_PROBABILITIES] = run->model->classes && pass->targets != NULL;
    s->numbers[NC_NUMBER_SHARE] = run->update.share;
    s->numbers[NC_NUMBER_LIMIT] = run->update.limit;
    s->numbers[NC_NUMBER_ADDS] = (float)run->update.adds;
    s->numbers[NC_NUMBER_CLIP] = (float)run->clip_norm.value;
    s->numbers[NC_NUMBER_SEEN] = run->update.seen != NULL;
    for (int i = 0; i < run->part_count; i++) {
        float *to = s->numbers + NC_NUMBERS + i * NC_PART_NUMBERS;
        memcpy(to, run->parts[i].scalar, sizeof run->parts[i].scalar);
        for (int k = 0; k < NC_MAX_VALUES; k++)
            to[NC_MAX_SCALARS + k] = (float)run->parts[i].value[k];
    }
    put(s, NC_ON_NUMBERS, s->numbers, (NC_NUMBERS + run->part_count * NC_PART_NUMBERS) * (long long)sizeof(float));
}

struct nc_score nc_gpu_run(struct nc_pass *pass)
{
    struct nc_gpu_session *s = pass->run->gpu;
    const struct nc_gpu_place results = {s->block[NC_ON_RESULTS], 0, s->bytes[NC_ON_RESULTS]};
    struct nc_score score = {.count = pass->count};
    put_samples(s, pass, 0, pass->count);
    put_targets(s, pass);
    put_masks(s, pass);
    put_numbers(s, pass);
    launch(s, s->train, s->device->train, s->device->train_count, pass->count);
    s->gpu->kind->download(s->gpu, &results, s->results, 2 * pass->count * (long long)sizeof(float));
    nc_loss_divisor(pass->run->model, pass->labels, pass->count, &score.judged);
    for (int i = 0; i < pass->count; i++) {
        score.loss += s->results[2 * i];
        score.correct += (long long)s->results[2 * i + 1];
    }
    s->newer = 1; /* norms keep statistics */
    return score;
}

struct nc_score nc_gpu_step(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    struct nc_gpu_session *s = run->gpu;
    const struct nc_device *d = s->device;
    const struct nc_score score = nc_gpu_run(pass);
    if (!isfinite(score.loss))
        return score;
    const int due = nc_update_is_due(run);
    nc_update_begin(run, 1, NULL);
    put_numbers(s, pass);
    int first = run->accumulate.value > 1 ? 0 : 1; /* the first launch adds up the batches of an update */
    launch(s, s->update + first, d->update + first, due ? d->update_count - first : 1 - first, pass->count);
    run->accumulated = due ? 0 : run->accumulated + 1;
    if (due && nc_lookahead_is_due(run)) { /* the slow weights are the CPU's */
        nc_gpu_pull(run);
        nc_lookahead_update(run);
        nc_gpu_push(run);
    }
    return score;
}

/* ---- Evaluation -------------------------------------------------------------------------------------------------- */

/* What the device has made of a microbatch, where the CPU would have left it; and what follows of it: the loss, and who
 * looks at it. */
static void finish(struct nc_pass *pass, int index)
{
    struct nc_run *run = pass->run;
    const struct nc_gpu_session *s = run->gpu;
    const struct nc_model *m = run->model;
    const struct nc_phase *phase = nc_pass_phases(pass);
    int first, stride, count = nc_pass_microbatch(pass, index, &first);
    struct nc_microbatch mb = nc_pass_samples(pass, first, count, 0);
    float *x = (float *)nc_microbatch_outputs(run, &mb, &stride);
    while (!phase->loss)
        phase++;
    for (int i = 0; i < count; i++)
        memcpy(x + (long long)i * stride, s->outputs + (long long)(first + i) * m->outputs,
               (size_t)m->outputs * sizeof *x);
    if (mb.target != NULL)
        s->device->loss(&mb, m->loss, x, stride, m->outputs, NULL);
    if (pass->average != NULL)
        pass->average(run, &mb);
    pass->loss[index] = mb.loss;
    pass->correct[index] = mb.correct;
    if (pass->look != NULL)
        pass->look(pass->context, phase, &mb);
}

void nc_gpu_evaluate(struct nc_pass *pass)
{
    struct nc_gpu_session *s = pass->run->gpu;
    const struct nc_device *d = s->device;
    const struct nc_gpu_place output = {s->block[d->output.block], d->output.offset,
                                        s->bytes[d->output.block] - d->output.offset};
    const long long floats = pass->run->model->outputs;
    if (s->most < pass->count) {
        s->outputs = nc_memory_grow(pass->run, s->outputs, pass->count, floats * (long long)sizeof(float),
                                    "the device");
        s->most = pass->count;
    }
    for (int done = 0, count; done < pass->count; done += count) {
        count = pass->count - done < d->capacity ? pass->count - done : d->capacity;
        put_samples(s, pass, done, count);
        launch(s, s->test, d->test, d->test_count, count);
        s->gpu->kind->download(s->gpu, &output, s->outputs + done * floats,
                               count * floats * (long long)sizeof(float));
    }
    for (int i = 0; i < nc_pass_microbatches(pass); i++)
        finish(pass, i);
}
