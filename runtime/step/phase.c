/* phase.c: samples on their way through the model's phases, from barrier to barrier. A task is a shard (a microbatch in
 * evaluation) or a part; the threads share out the tasks between two barriers. */
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "run/offload.h"
#include "step/exchange.h"
#include "step/optimizer.h"
#include "step/ranks.h"
#include "step/sum.h"

static int microbatches_per_shard(const struct nc_model *m)
{
    return m->shard / m->microbatch;
}

/* The microbatches of a stretch; no microbatch reaches over its end. */
static int microbatches_per_stretch(const struct nc_pass *pass)
{
    return (pass->stretch + pass->run->model->microbatch - 1) / pass->run->model->microbatch;
}

int nc_pass_microbatches(const struct nc_pass *pass)
{
    int whole = pass->count / pass->stretch, rest = pass->count % pass->stretch;
    int samples = pass->run->model->microbatch;
    return whole * microbatches_per_stretch(pass) + (rest + samples - 1) / samples;
}

int nc_pass_microbatch(const struct nc_pass *pass, int index, int *first)
{
    int per_stretch = microbatches_per_stretch(pass), samples = pass->run->model->microbatch;
    int start = index / per_stretch * pass->stretch, in_stretch = pass->stretch;
    if (pass->count - start < in_stretch)
        in_stretch = pass->count - start;
    int before = index % per_stretch * samples;
    *first = start + before;
    return in_stretch - before < samples ? in_stretch - before : samples;
}

static void (*phase_function(const struct nc_pass *pass, const struct nc_phase *phase))(struct nc_microbatch *mb)
{
    return pass->backward ? phase->train : phase->test;
}

/* The first phase of the model that learns, or the end: they are the last ones. */
static const struct nc_phase *learning(const struct nc_model *m)
{
    const struct nc_phase *phase = m->phases, *end = m->phases + m->phase_count;
    while (phase < end && !phase->learns)
        phase++;
    return phase;
}

/* The way of evaluation; NULL: the pass goes through the model's own phases. */
static const struct nc_passage *passage(const struct nc_pass *pass)
{
    return pass->evaluates ? pass->run->model->evaluation : NULL;
}

const struct nc_phase *nc_pass_phases(const struct nc_pass *pass)
{
    const struct nc_passage *way = passage(pass);
    return way != NULL ? way->phases : pass->run->model->phases;
}

static const struct nc_phase *last_phase(const struct nc_pass *pass)
{
    const struct nc_passage *way = passage(pass);
    return way != NULL ? way->phases + way->phase_count : learning(pass->run->model);
}

struct nc_microbatch nc_pass_samples(const struct nc_pass *pass, int first, int count, int thread)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    return (struct nc_microbatch){
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
        .packed = run->packed,
        .workspace = run->workspace != NULL ? run->workspace[thread] : NULL,
        .batch = run->batch,
        .learned = run->learned != NULL ? run->learned[thread] : NULL,
        .update = &run->update,
        .pixel = pass->loader->data->pixel[0],
        .dropout = pass->dropout,
        .scale = pass->scale,
    };
}

const float *nc_microbatch_outputs(const struct nc_run *run, const struct nc_microbatch *mb, int *stride)
{
    const struct nc_model *m = run->model;
    if (run->outputs != NULL) {
        *stride = m->outputs;
        return run->outputs + (long long)mb->first * m->outputs;
    }
    const struct nc_output *output = m->evaluation != NULL ? &m->evaluation->output : &m->output;
    const float *x = (const void *)((output->in_batch ? mb->batch : mb->workspace) + output->offset);
    *stride = output->stride;
    return output->in_batch ? x + (long long)mb->first * output->stride : x;
}

void nc_pass_prepare(struct nc_pass *pass, int samples, int microbatches, const char *what)
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
    pass->loss = nc_memory(run, microbatches, sizeof *pass->loss, what);
    pass->correct = nc_memory(run, microbatches, sizeof *pass->correct, what);
    if (pass->shared)
        nc_exchange_prepare(pass);
    pass->first = nc_memory(run, run->ranks + 1, sizeof *pass->first, what);
}

void nc_pass_free(struct nc_pass *pass)
{
    free(pass->input);
    free(pass->labels);
    free(pass->targets);
    free(pass->loss);
    free(pass->correct);
    nc_exchange_free(pass);
    free(pass->first);
}

void nc_pass_place(struct nc_pass *pass, long long place, int count)
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
}

void nc_pass_gather(struct nc_pass *pass, long long place, int count)
{
    const struct nc_loader *loader = pass->loader;
    nc_pass_place(pass, place, count);
    pass->ready = loader->feed != NULL;
    if (!pass->ready)
        return;
    const struct nc_fed *fed = nc_feed_take(loader->feed);
    memcpy(pass->input, fed->input, (size_t)count * sizeof *pass->input);
    pass->dropout = (const unsigned char *const *)fed->dropout;
}

static void call(const struct nc_pass *pass, const struct nc_phase *phase, struct nc_microbatch *mb)
{
    if (pass->under_way != NULL)
        *pass->under_way = mb;
    phase_function(pass, phase)(mb);
}

static void run_microbatch(struct nc_pass *pass, const struct nc_phase *phase, int index, int shard, int thread)
{
    const struct nc_run *run = pass->run;
    int first, count = nc_pass_microbatch(pass, index, &first);
    struct nc_microbatch mb = nc_pass_samples(pass, first, count, thread);
    if (pass->backward)
        mb.gradients = run->gradients + shard * run->model->sharded;
    nc_lap(NC_LAP_OTHER);
    if (phase == nc_pass_phases(pass) && !pass->ready) {
        for (int i = first; i < first + count; i++)
            pass->input[i] = nc_data_sample(pass->loader->data, pass->loader->order[pass->place + i]);
        nc_lap(NC_LAP_LOADING);
    }
    mb.at = phase->at;
    mb.kernel = phase->kernel;
    call(pass, phase, &mb);
    if (phase->loss) {
        if (pass->average != NULL)
            pass->average(pass->run, &mb);
        pass->loss[index] = mb.loss;
        pass->correct[index] = mb.correct;
    }
    if (pass->look != NULL)
        pass->look(pass->context, phase, &mb);
}

static void run_shard(struct nc_pass *pass, const struct nc_phase *phase, int shard, int thread)
{
    const struct nc_model *m = pass->run->model;
    if (!pass->begun[shard]) {
        nc_memory_begin(pass->run->gradients + shard * m->sharded, (size_t)m->sharded * sizeof(float));
        pass->begun[shard] = 1;
    }
    int count = microbatches_per_shard(m), first = shard * count, all = nc_pass_microbatches(pass);
    for (int microbatch = first; microbatch < first + count && microbatch < all; microbatch++)
        run_microbatch(pass, phase, microbatch, shard, thread);
    atomic_fetch_sub(&pass->open[shard], 1);
}

int nc_pass_shards(const struct nc_pass *pass)
{
    return (pass->count + pass->run->model->shard - 1) / pass->run->model->shard;
}

/* Of a phase over parts that are about some samples each, the first part that has some from `sample` on; *end: the one
 * behind the last that has any before. */
static int part_of(const struct nc_phase *phase, int sample, int *end)
{
    *end = (sample + phase->samples - 1) / phase->samples * phase->pieces;
    return sample / phase->samples * phase->pieces;
}

/* The first one of a phase's tasks that this process does, and the end of them. A part that has samples of two is done
 * by both; one about all samples by all, unless these are shared out. */
static int first_task(const struct nc_pass *pass, const struct nc_phase *phase, int *end)
{
    const struct nc_run *run = pass->run;
    const int shards = pass->backward ? nc_pass_shards(pass) : nc_pass_microbatches(pass);
    const int shared_out = phase->parts > 0 && nc_exchange_parts(pass, phase) != NULL;
    const int tasks = phase->parts > 0 ? phase->parts : shards;
    int first;
    if (!pass->shared || (phase->parts > 0 && phase->samples == 0 && !shared_out)) {
        *end = tasks;
        return 0;
    }
    if (phase->parts == 0 || shared_out) {
        *end = nc_ranks_first(run, tasks, run->rank + 1);
        return nc_ranks_first(run, tasks, run->rank);
    }
    part_of(phase, nc_pass_first_sample(pass, run->rank + 1), end);
    first = part_of(phase, nc_pass_first_sample(pass, run->rank), &(int){0});
    return first < *end ? first : *end;
}

int nc_pass_tasks(const struct nc_pass *pass, const struct nc_phase *phase)
{
    int end;
    const int first = first_task(pass, phase, &end);
    return phase_function(pass, phase) == NULL ? 0 : end - first;
}

void nc_pass_task(struct nc_pass *pass, const struct nc_phase *phase, int index, int thread)
{
    index += first_task(pass, phase, &(int){0});
    if (phase->parts) {
        struct nc_microbatch mb = nc_pass_samples(pass, 0, pass->count, thread);
        const struct nc_shared_out *of = nc_exchange_parts(pass, phase);
        if (of != NULL) {
            mb.told = 1;
            mb.learned = nc_exchange_part(pass, of, index);
        }
        mb.part = of != NULL ? nc_exchange_number(pass, of, index) : index;
        mb.own = pass->shared ? nc_pass_first_sample(pass, pass->run->rank) : 0;
        mb.own_end = pass->shared ? nc_pass_first_sample(pass, pass->run->rank + 1) : pass->count;
        mb.at = phase->at;
        mb.kernel = phase->kernel;
        mb.whole = pass->whole;
        call(pass, phase, &mb);
    } else if (pass->backward) {
        run_shard(pass, phase, index, thread);
    } else {
        run_microbatch(pass, phase, index, 0, thread);
    }
}

/* Phases without a barrier between them, and what else there is to do for threads that find no task of theirs left. */
struct phases {
    struct nc_pass *pass;
    const struct nc_phase *first, *end;
    void (*behind)(struct nc_pass *pass, int index);
};

/* The update of a range of what no phase learned. */
static void update(struct nc_pass *pass, int index)
{
    nc_update_task(pass->run, index);
}

/* A range of the gradients of those shards that are done while others are still under way. */
static void fold(struct nc_pass *pass, int index)
{
    int done = 0;
    while (done < nc_pass_shards(pass) && atomic_load(&pass->open[done]) == 0)
        done++;
    nc_fold_task(pass->run, index, done);
}

static void phases_task(void *context, int index, int thread)
{
    const struct phases *phases = context;
    if (thread == 0 && phases->pass->shared)
        nc_exchange_go_on(phases->pass);
    for (const struct nc_phase *phase = phases->first; phase < phases->end; phase++) {
        int tasks = nc_pass_tasks(phases->pass, phase);
        if (index < tasks) {
            nc_pass_task(phases->pass, phase, index, thread);
            return;
        }
        index -= tasks;
    }
    phases->behind(phases->pass, index);
}

/* The first microbatch of a rank; of the rank behind the last one the number of all. */
static int first_microbatch(const struct nc_pass *pass, int rank)
{
    const int all = nc_pass_microbatches(pass);
    if (!pass->backward)
        return nc_ranks_first(pass->run, all, rank);
    const int first = nc_ranks_first(pass->run, nc_pass_shards(pass), rank) * microbatches_per_shard(pass->run->model);
    return first < all ? first : all;
}

int nc_pass_first_sample(const struct nc_pass *pass, int rank)
{
    const int microbatch = first_microbatch(pass, rank);
    int first = pass->count;
    if (microbatch < nc_pass_microbatches(pass))
        nc_pass_microbatch(pass, microbatch, &first);
    return first;
}

/* All ranks get the losses. */
static void share_losses(struct nc_pass *pass)
{
    for (int rank = 0; rank <= pass->run->ranks; rank++)
        pass->first[rank] = first_microbatch(pass, rank);
    nc_ranks_losses(pass->run, pass->first, pass->loss, pass->correct);
}

static void run_phases(struct nc_pass *pass, const struct nc_phase *first, const struct nc_phase *end, int more,
                       void (*behind)(struct nc_pass *pass, int index))
{
    struct phases phases = {pass, first, end, behind};
    int tasks = more, of_shards = 0;
    for (const struct nc_phase *phase = first; phase < end; phase++) {
        int own = nc_pass_tasks(pass, phase);
        of_shards += own > 0 && !phase->parts;
        tasks += own;
    }
    for (int shard = 0; pass->backward && shard < nc_pass_shards(pass); shard++)
        atomic_store(&pass->open[shard], of_shards);
    if (pass->shared)
        nc_exchange_wait(pass, first, end);
    nc_pool_run(pass->run->pool, tasks, phases_task, &phases);
    if (pass->shared)
        nc_exchange_gather(pass, first, end);
    if (pass->shared && pass->backward)
        nc_sum_advance(pass->run, (int)(end - nc_pass_phases(pass)));
}

/* Kernels over the batch read tokens where the data set keeps them, those of other processes' samples too. */
static void find_tokens(struct nc_pass *pass)
{
    for (int i = 0; i < pass->count; i++)
        pass->input[i] = nc_data_sample(pass->loader->data, pass->loader->order[pass->place + i]);
    pass->ready = 1;
}

struct nc_score nc_pass_run(struct nc_pass *pass)
{
    const struct nc_phase *first = nc_pass_phases(pass), *end = last_phase(pass);
    int folds = pass->backward ? nc_fold_begin(pass->run) : 0;
    if (pass->shared && pass->run->model->tokens && !pass->ready)
        find_tokens(pass);
    if (pass->shared && pass->backward)
        nc_sum_begin(pass->run, nc_pass_shards(pass));
    if (pass->run->gpu != NULL && pass->evaluates) {
        pass->run->offload->evaluate(pass);
        first = end;
    }
    while (first < end) {
        const struct nc_phase *next = first + 1;
        while (next < end && next->barriers == first->barriers)
            next++;
        run_phases(pass, first, next, next == end ? folds : 0, fold);
        first = next;
    }
    if (pass->shared)
        share_losses(pass);
    long long judged;
    nc_loss_divisor(pass->run->model, pass->labels, pass->count, &judged);
    struct nc_score score = {.judged = judged, .count = pass->count};
    for (int i = 0; i < nc_pass_microbatches(pass); i++) {
        score.loss += pass->loss[i];
        score.correct += pass->correct[i];
    }
    return score;
}

/* The phases that learn. What is shared out comes first, and travels while all processes do the others. */
static void learn_shared(struct nc_pass *pass)
{
    const struct nc_model *m = pass->run->model;
    const struct nc_phase *const end = m->phases + m->phase_count;
    for (const struct nc_phase *phase = learning(m); phase < end; phase++) {
        const struct nc_shared_out *of = nc_exchange_parts(pass, phase);
        if (of == NULL)
            continue;
        run_phases(pass, phase, phase + 1, 0, update);
        nc_exchange_tell(pass, of);
    }
    for (const struct nc_phase *phase = learning(m); phase < end; phase++)
        if (nc_exchange_parts(pass, phase) == NULL)
            run_phases(pass, phase, phase + 1, 0, update);
    nc_sum_finish(pass->run);
    run_phases(pass, end, end, nc_update_tasks(pass->run), update);
    nc_exchange_learn(pass);
}

int nc_pass_learn(struct nc_pass *pass)
{
    struct nc_run *run = pass->run;
    const struct nc_model *m = run->model;
    int learn = run->command == NC_COMMAND_TRAIN;
    if (learn)
        nc_update_begin(run, nc_pass_shards(pass), pass->shared ? nc_sum_place(run) : NULL);
    if (pass->shared)
        learn_shared(pass);
    else
        run_phases(pass, learning(m), m->phases + m->phase_count, learn ? nc_update_tasks(run) : 0, update);
    return learn && nc_update_end(run);
}
