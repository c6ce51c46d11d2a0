/* optimizer.c: the update of the parameters. Shards' gradients are added up and learned from range by range, while they
 * are in cache. Where gradients must be seen as a whole before the first parameter changes (their norm is clipped) or
 * those of several batches make one update, they are kept in run->whole first. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"
#include "step/ranks.h"

enum {
    RANGE = 4096, /* floats of a task: enough to pay for it, few enough to share out */
    CHUNK = 1024, /* that are worked on at once: with the optimizer's state they stay in L1 */
};

/* ---- Sums of shards ---------------------------------------------------------------------------------------------- */

/* sum += the gradients of shards `first` to `end`. Leaves zeros for the next step to add to, while the lines are in the
 * cache anyway. */
NC_ALWAYS_INLINE void add_shards(float *gradients, long long sharded, long long from, int count, int first, int end,
                                 float *restrict sum)
{
    for (int shard = first; shard < end; shard++) {
        float *restrict more = gradients + shard * sharded + from;
        for (int i = 0; i < count; i++)
            sum[i] += more[i];
        memset(more, 0, (size_t)count * sizeof *more);
    }
}

NC_ALWAYS_INLINE void sum_shards(const struct nc_run *run, long long from, int count, float *restrict sum)
{
    if (run->update.total != NULL) {
        memcpy(sum, run->update.total + from, (size_t)count * sizeof *sum);
        return;
    }
    memcpy(sum, run->gradients + from, (size_t)count * sizeof *sum);
    memset(run->gradients + from, 0, (size_t)count * sizeof *sum);
    add_shards(run->gradients, run->model->sharded, from, count, run->folded[from / RANGE], run->update.shards, sum);
}

void nc_add_shards(struct nc_run *run, long long from, int count, int first, int end, float *sum)
{
    if (first == 0 && end > 0) {
        memcpy(sum, run->gradients + from, (size_t)count * sizeof *sum);
        memset(run->gradients + from, 0, (size_t)count * sizeof *sum);
    }
    add_shards(run->gradients, run->model->sharded, from, count, first > 0 ? first : 1, end, sum);
}

/* The floats of range `index` of the first `end` ones of the block. */
static int range(long long end, int index, long long *from)
{
    *from = (long long)index * RANGE;
    return end - *from < RANGE ? (int)(end - *from) : RANGE;
}

static int ranges(long long end)
{
    return (int)((end + RANGE - 1) / RANGE);
}

int nc_fold_begin(struct nc_run *run)
{
    int count = nc_update_tasks(run);
    for (int i = 0; i < count; i++)
        run->folded[i] = 1;
    return nc_pool_threads(run->pool) > 1 && run->command == NC_COMMAND_TRAIN && !nc_is_shared(run) ? count : 0;
}

void nc_fold_task(struct nc_run *run, int index, int done)
{
    long long from;
    int count = range(run->model->sharded, index, &from);
    if (done < 2)
        return;
    add_shards(run->gradients, run->model->sharded, from, count, 1, done, run->gradients + from);
    run->folded[index] = done;
    nc_lap(NC_LAP_UPDATE);
}

/* ---- Learning from a gradient ------------------------------------------------------------------------------------ */

/* What is done to gradients before the optimizer sees them. */
NC_ALWAYS_INLINE void finish(const struct nc_update *u, int count, float *restrict g)
{
    float share = u->share, clip = u->clip, limit = u->limit;
    if (share != 1)
        for (int i = 0; i < count; i++)
            g[i] *= share;
    if (clip != 1)
        for (int i = 0; i < count; i++)
            g[i] *= clip;
    if (limit > 0)
        for (int i = 0; i < count; i++)
            g[i] = g[i] < -limit ? -limit : g[i] > limit ? limit : g[i];
}

/* The first segment that ends behind `at`. */
static const struct nc_segment *segment_at(const struct nc_run *run, long long at)
{
    int low = 0, high = run->segment_count - 1;
    while (low < high) {
        int middle = (low + high) / 2;
        if (run->segments[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return &run->segments[low];
}

/* The step over the floats from `from`, by their gradient g, which is not kept. */
static void learn(const struct nc_update *u, long long from, int count, float *g)
{
    const struct nc_run *run = u->run;
    void (*step)(const struct nc_stretch *) = NC_HAS_FMA ? run->optimizer->step_fma : run->optimizer->step;
    const struct nc_segment *segment = segment_at(run, from);
    finish(u, count, g);
    if (u->seen != NULL)
        memcpy(u->seen + from, g, (size_t)count * sizeof *g);
    for (int done = 0; done < count; segment++) {
        long long at = from + done;
        int floats = segment->end - at < count - done ? (int)(segment->end - at) : count - done;
        done += floats;
        if (segment->part < 0)
            continue;
        struct nc_stretch s = {.part = &run->parts[segment->part], .count = floats, .weights = run->weights + at,
                               .gradients = g + (at - from)};
        for (int i = 0; i < NC_MAX_ARRAYS; i++)
            s.state[i] = run->state[i] != NULL ? run->state[i] + at : NULL;
        step(&s);
    }
}

/* A chunk whose shards are added up, or go to those of the batches before, or are learned from. */
NC_ALWAYS_INLINE void take_chunk(struct nc_run *run, long long from, int count)
{
    float sum[CHUNK];
    sum_shards(run, from, count, sum);
    if (run->whole == NULL) {
        learn(&run->update, from, count, sum);
    } else if (run->update.adds) {
        float *restrict whole = run->whole + from;
        for (int i = 0; i < count; i++)
            whole[i] += sum[i];
    } else {
        memcpy(run->whole + from, sum, (size_t)count * sizeof *sum);
    }
}

NC_WITH_FMA static void take_chunk_fma(struct nc_run *run, long long from, int count)
{
    take_chunk(run, from, count);
}

static void take_chunk_plain(struct nc_run *run, long long from, int count)
{
    take_chunk(run, from, count);
}

int nc_update_tasks(const struct nc_run *run)
{
    return ranges(run->model->sharded);
}

int nc_update_ranges(const struct nc_run *run)
{
    return ranges(run->model->block);
}

void nc_update_task(struct nc_run *run, int index)
{
    long long from;
    int count = range(run->model->sharded, index, &from);
    for (int done = 0; done < count; done += CHUNK)
        (NC_HAS_FMA ? take_chunk_fma : take_chunk_plain)(run, from + done, count - done < CHUNK ? count - done : CHUNK);
    nc_lap(NC_LAP_UPDATE);
}

float *nc_gradient(struct nc_microbatch *mb, long long at)
{
    return mb->whole != NULL && !mb->update->adds && !mb->told ? mb->whole + at : mb->learned;
}

float *nc_zero_gradient(struct nc_microbatch *mb, long long at, int floats)
{
    return memset(nc_gradient(mb, at), 0, (size_t)floats * sizeof(float));
}

/* Learns from a gradient, or keeps it. */
static void take_gradient(struct nc_microbatch *mb, long long at, int floats, float *from)
{
    if (mb->told)
        return;
    if (mb->whole == NULL)
        learn(mb->update, at, floats, from);
    else if (mb->update->adds)
        for (int i = 0; i < floats; i++)
            mb->whole[at + i] += from[i];
    else if (from != mb->whole + at)
        memcpy(mb->whole + at, from, (size_t)floats * sizeof *from);
}

void nc_learn(struct nc_microbatch *mb, long long at, int floats)
{
    take_gradient(mb, at, floats, nc_gradient(mb, at));
    nc_lap(NC_LAP_UPDATE);
}

float *nc_zero_learned(struct nc_microbatch *mb, int floats)
{
    return memset(mb->learned, 0, (size_t)floats * sizeof(float));
}

void nc_learn_rows(struct nc_microbatch *mb, long long at, const struct nc_rows *rows, int floats)
{
    float *from = mb->learned;
    for (int outer = 0; outer < rows->outer; outer++)
        for (int inner = 0; inner < rows->inner; inner++, from += floats)
            take_gradient(mb, at + outer * rows->outer_step + inner * rows->inner_step, floats, from);
    nc_lap(NC_LAP_UPDATE);
}

void nc_learn_told(struct nc_run *run, float *whole, const struct nc_shared_out *of, int part, float *told)
{
    struct nc_microbatch mb = {.whole = whole, .update = &run->update, .learned = told};
    const int i = part / of->cut[2] / of->cut[1], j = part / of->cut[2] % of->cut[1], k = part % of->cut[2];
    const long long at = of->at + i * of->step[0] + j * of->step[1] + k * of->step[2];
    if (of->rows.inner > 0)
        nc_learn_rows(&mb, at, &of->rows, of->floats);
    else
        take_gradient(&mb, at, of->floats, told);
    nc_lap(NC_LAP_UPDATE);
}

/* ---- Learning from gradients that were kept ---------------------------------------------------------------------- */

/* Eight sums, added up last: an order that no vector width changes. */
NC_ALWAYS_INLINE double sum_squares(const float *x, int count, float share)
{
    double sum[8] = {0};
    int i = 0;
    for (; i + 8 <= count; i += 8)
        for (int lane = 0; lane < 8; lane++) {
            double value = x[i + lane] * share;
            sum[lane] += value * value;
        }
    for (; i < count; i++)
        sum[i % 8] += (double)(x[i] * share) * (double)(x[i] * share);
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7]));
}

static void norm_task(void *context, int index, int thread)
{
    (void)thread;
    struct nc_run *run = context;
    long long from;
    int count = range(run->model->block, index, &from);
    run->squares[index] = sum_squares(run->whole + from, count, run->update.share);
    nc_lap(NC_LAP_UPDATE);
}

static void whole_task(void *context, int index, int thread)
{
    (void)thread;
    struct nc_run *run = context;
    long long from;
    int count = range(run->model->block, index, &from);
    learn(&run->update, from, count, run->whole + from);
    nc_lap(NC_LAP_UPDATE);
}

/* torch.nn.utils.clip_grad_norm_: all gradients by min(1, max_norm / (norm + 1e-6)), in single precision. The norm is
 * summed in double precision here. */
static float clip_factor(const struct nc_run *run)
{
    double sum = 0;
    for (int i = 0; i < nc_update_ranges(run); i++)
        sum += run->squares[i];
    float factor = 1 / ((float)sqrt(sum) + 1e-6f) * (float)run->clip_norm.value;
    return factor > 1 ? 1 : factor; /* what is not a number stays so */
}

static void learn_from_whole(struct nc_run *run)
{
    int count = nc_update_ranges(run);
    if (run->squares != NULL) {
        nc_pool_run(run->pool, count, norm_task, run);
        run->update.clip = clip_factor(run);
    }
    nc_pool_run(run->pool, count, whole_task, run);
}

/* ---- A step ------------------------------------------------------------------------------------------------------ */

int nc_update_is_due(const struct nc_run *run)
{
    return run->accumulated + 1 >= run->accumulate.value || run->epoch_step + 1 >= run->train.batches;
}

/* Whether no step of the epoch follows, as far as that is known. */
static int is_last(const struct nc_run *run)
{
    return run->epoch_step + 1 >= run->train.batches ||
           (run->max_steps.given && run->steps + 1 >= run->max_steps.value);
}

void nc_update_begin(struct nc_run *run, int shards, const float *total)
{
    run->update = (struct nc_update){
        .run = run, .shards = shards, .total = total, .adds = run->accumulated > 0,
        .share = (float)(1.0 / (double)run->accumulate.value), .clip = 1, .limit = (float)run->clip_value.value,
    };
    if (!nc_update_is_due(run))
        return;
    run->updates++;
    if (run->seen != NULL && is_last(run)) {
        run->update.seen = run->seen;
        run->seen_step = run->steps + 1;
    }
    for (int i = 0; i < run->part_count; i++) {
        run->parts[i].steps = run->updates;
        run->optimizer->begin(&run->parts[i]);
    }
}

int nc_update_end(struct nc_run *run)
{
    int due = nc_update_is_due(run);
    if (due && run->whole != NULL)
        learn_from_whole(run);
    run->accumulated = due ? 0 : run->accumulated + 1;
    return due;
}

int nc_looks_at_gradients(const struct nc_run *run)
{
    return run->command == NC_COMMAND_GRADIENTS || run->command == NC_COMMAND_ACCURACY;
}

int nc_needs_gradients(const struct nc_run *run)
{
    return run->command == NC_COMMAND_TRAIN || nc_looks_at_gradients(run);
}

static int pack_parts(const struct nc_run *run)
{
    return 4 * nc_pool_threads(run->pool);
}

static void pack_forward_task(void *context, int index, int thread)
{
    (void)thread;
    struct nc_run *run = context;
    if (run->model->pack != NULL)
        run->model->pack(run->weights, run->packed, index, pack_parts(run));
}

static void pack_task(void *context, int index, int thread)
{
    struct nc_run *run = context;
    pack_forward_task(context, index, thread);
    if (run->model->pack_backward != NULL && nc_needs_gradients(run))
        run->model->pack_backward(run->weights, run->packed, index, pack_parts(run));
}

void nc_pack(struct nc_run *run)
{
    if (run->packed != NULL)
        nc_pool_run(run->pool, pack_parts(run), pack_task, run);
}

void nc_pack_forward(struct nc_run *run)
{
    nc_pool_run(run->pool, pack_parts(run), pack_forward_task, run);
}

void nc_pack_evaluation(struct nc_run *run)
{
    const struct nc_passage *evaluation = run->model->evaluation;
    if (run->packed != NULL && evaluation != NULL && evaluation->pack != NULL)
        evaluation->pack(run->weights, run->packed);
}
