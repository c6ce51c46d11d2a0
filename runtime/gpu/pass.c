/* pass.c: batches on the device: steps of training, which are begun one after the other and tell their losses when
 * these are asked for, and evaluation. */
#include <math.h>

#include "gpu/gpu.h"
#include "step/optimizer.h"

/* ---- Launches ---------------------------------------------------------------------------------------------------- */

/* What is launched: forward and backward; these and an update; these where the update is not due; an evaluation. */
enum { TRAIN, UPDATE, ACCUMULATE, TEST };

static void launch_all(const struct nc_run *run, void *const *bound, const struct nc_launch *launches, int count,
                       int samples, int accumulates)
{
    struct nc_gpu *gpu = run->gpu->gpu;
    for (int i = 0; i < count; i++) {
        const struct nc_launch *l = &launches[i];
        const long long groups = l->groups * (l->unit == 0 ? 1 : (l->each * samples + l->unit - 1) / l->unit);
        if ((accumulates && l->when != NC_ACCUMULATING) || (l->when == NC_ACCUMULATING && run->accumulate.value <= 1) ||
            (l->when == NC_CLIPPING && run->clip_norm.value == 0))
            continue;
        gpu->kind->launch(gpu, bound[i], groups, samples);
    }
}

static void launch(const struct nc_run *run, int kind, const struct nc_gpu_set *set, int samples)
{
    const struct nc_gpu_session *s = run->gpu;
    const struct nc_device *d = s->device;
    if (set != NULL)
        launch_all(run, set->gather, d->gather, d->gather_count, samples, 0);
    if (kind == TEST)
        launch_all(run, s->test, d->test, d->test_count, samples, 0);
    else
        launch_all(run, s->train, d->train, d->train_count, samples, 0);
    if (kind == UPDATE || kind == ACCUMULATE)
        launch_all(run, s->update, d->update, d->update_count, samples, kind == ACCUMULATE);
}

static struct nc_gpu_recording *recording_of(struct nc_gpu_session *s, const struct nc_gpu_recording *like)
{
    for (int i = 0; i < s->recording_count; i++)
        if (s->recordings[i].kind == like->kind && s->recordings[i].set == like->set &&
            s->recordings[i].count == like->count)
            return &s->recordings[i];
    return NULL;
}

/* Launches: the first time one by one, so that the device has loaded all kernels; then they are recorded; and from then
 * on the recording is played. */
static void play(const struct nc_run *run, int kind, const struct nc_gpu_set *set, int samples)
{
    struct nc_gpu_session *s = run->gpu;
    const struct nc_gpu_kind *device = s->gpu->kind;
    const struct nc_gpu_recording fresh = {.kind = kind, .set = set, .count = samples};
    struct nc_gpu_recording *r = recording_of(s, &fresh);
    if (r != NULL && r->recording == NULL && device->record(s->gpu)) {
        launch(run, kind, set, samples);
        r->recording = device->recorded(s->gpu);
    }
    if (r != NULL && r->recording != NULL)
        device->play(s->gpu, r->recording);
    else
        launch(run, kind, set, samples);
    if (r == NULL && s->recording_count < NC_GPU_RECORDINGS)
        s->recordings[s->recording_count++] = fresh;
}

/* ---- Training ---------------------------------------------------------------------------------------------------- */

/* The sums of what a step's samples have left. */
static struct nc_score score_of(const struct nc_run *run, int index)
{
    const struct nc_gpu_session *s = run->gpu;
    const struct nc_gpu_slot *slot = &s->slots[index];
    const float *results = s->results + 2 * nc_gpu_result(run, index);
    struct nc_score score = {.count = slot->count, .judged = slot->judged};
    for (int i = 0; i < slot->count; i++) {
        score.loss += results[2 * i];
        score.correct += (long long)results[2 * i + 1];
    }
    return score;
}

static void fetch_results(const struct nc_run *run, int steps)
{
    nc_gpu_get(run->gpu, NC_ON_RESULTS, run->gpu->results, 2 * nc_gpu_result(run, steps) * (long long)sizeof(float));
}

struct nc_score nc_gpu_run(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    nc_gpu_wait(run->gpu);
    play(run, TRAIN, nc_gpu_send(pass, 0, pass->count), pass->count);
    fetch_results(run, 1);
    run->gpu->newer = 1; /* norms keep statistics */
    return score_of(run, 0);
}

/* The slow weights are the CPU's. Where a loss was not finite, the weights stay what they were before. */
static void look_ahead(struct nc_run *run)
{
    float diverged;
    nc_gpu_get(run->gpu, NC_ON_RESULTS, &diverged, (long long)sizeof diverged);
    if (diverged != 0)
        return;
    nc_gpu_pull(run);
    nc_lookahead_update(run);
    nc_gpu_push(run);
}

void nc_gpu_step(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    struct nc_gpu_session *s = run->gpu;
    const int due = nc_update_is_due(run);
    nc_update_begin(run, 1, NULL);
    s->used = s->queued++; /* a step's slot is its own until its score has been asked for */
    play(run, due ? UPDATE : ACCUMULATE, nc_gpu_send(pass, 0, pass->count), pass->count);
    run->accumulated = due ? 0 : run->accumulated + 1;
    s->newer = 1;
    if (due && nc_lookahead_is_due(run))
        look_ahead(run);
}

int nc_gpu_room(const struct nc_run *run)
{
    return run->gpu->slot_count - run->gpu->queued;
}

int nc_gpu_score(struct nc_pass *pass, struct nc_score *score)
{
    struct nc_run *run = pass->run;
    struct nc_gpu_session *s = run->gpu;
    if (s->told == s->queued) {
        s->told = s->queued = 0;
        return 0;
    }
    if (s->told == 0)
        fetch_results(run, s->queued);
    *score = score_of(run, s->told);
    if (!isfinite(score->loss))
        nc_gpu_recall(pass, &s->slots[s->told]);
    s->told++;
    return 1;
}

/* ---- Evaluation -------------------------------------------------------------------------------------------------- */

/* What follows of a microbatch that the device has made: the loss, and who looks at it. */
static void finish(struct nc_pass *pass, int index)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    const struct nc_phase *phase = nc_pass_phases(pass);
    int first, stride, count = nc_pass_microbatch(pass, index, &first);
    struct nc_microbatch mb = nc_pass_samples(pass, first, count, 0);
    const float *x = nc_microbatch_outputs(run, &mb, &stride);
    while (!phase->loss)
        phase++;
    if (mb.target != NULL)
        run->device->loss(&mb, m->loss, x, stride, m->outputs, NULL);
    if (pass->average != NULL)
        pass->average(run, &mb);
    pass->loss[index] = mb.loss;
    pass->correct[index] = mb.correct;
    if (pass->look != NULL)
        pass->look(pass->context, phase, &mb);
}

void nc_gpu_evaluate(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    struct nc_gpu_session *s = run->gpu;
    const struct nc_device *d = s->device;
    const struct nc_gpu_place output = {s->block[d->output.block], d->output.offset,
                                        s->bytes[d->output.block] - d->output.offset};
    const long long floats = run->model->outputs;
    if (s->most < pass->count) {
        run->outputs = nc_memory_grow(run, run->outputs, pass->count, floats * (long long)sizeof(float), "the device");
        s->most = pass->count;
    }
    for (int done = 0, count; done < pass->count; done += count) {
        count = pass->count - done < d->capacity ? pass->count - done : d->capacity;
        play(run, TEST, nc_gpu_send(pass, done, count), count);
        s->gpu->kind->download(s->gpu, &output, run->outputs + done * floats,
                               count * floats * (long long)sizeof(float));
    }
    nc_gpu_wait(s);
    for (int i = 0; i < nc_pass_microbatches(pass); i++)
        finish(pass, i);
}
