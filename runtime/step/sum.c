/* sum.c: the sum of all shards' gradients, where several processes have some of the shards each.
 *
 * The shards are added in their order: the sum of those in front comes from the rank before, this rank adds its own and
 * hands it on. The last rank has the sum, which goes the same way back. Chunks follow each other, so all ranks are at
 * work, and each sends and receives the block twice at most, as the best sum without an order does.
 *
 * A chunk sets out as soon as the backward pass has been through the layers whose gradients it holds, the last layers
 * first. Between phases each chunk that has come goes a step further, so that it travels while the rest is computed. */
#include <stdlib.h>

#include "engine.h"
#include "step/optimizer.h"
#include "step/ranks.h"
#include "step/step.h"
#include "step/sum.h"

enum {
    RANGE = 4096,       /* floats that a thread adds up at once */
    CHUNK = 16 * RANGE, /* floats of a message: while one travels the one before is added to */
};

/* Floats of the block that travel together, behind this phase. */
struct chunk {
    long long from;
    int count, phase;
    int receive_up, receive_down, send_up, send_down; /* transfers under way */
};

struct nc_sum {
    float *before; /* [model->sharded] the sum of the shards in front of this rank's, and then theirs with it */
    float *total;  /* [model->sharded] the sum of all shards */
    struct chunk *chunks; /* in the order in which they are whole */
    int count;
    int up, down;  /* so many have gone on, and so many have come back */
    int first, end; /* this rank's shards */
};

/* The phase behind which all floats from `from` to `end` are whole. */
static int whole_behind(const struct nc_model *m, long long from, long long end)
{
    int phase = 0;
    for (int i = 0; i < m->finished_count; i++) {
        const struct nc_finished *f = &m->finished[i];
        const long long begin = i > 0 ? f[-1].end : 0;
        if (begin < end && f->end > from && f->phase > phase)
            phase = f->phase;
    }
    return phase;
}

static int by_phase(const void *a, const void *b)
{
    const struct chunk *one = a, *other = b;
    if (one->phase != other->phase)
        return one->phase < other->phase ? -1 : 1;
    return one->from < other->from ? -1 : 1;
}

void nc_sum_prepare(struct nc_run *run)
{
    const struct nc_model *m = run->model;
    struct nc_sum *s = run->step->sum = nc_memory(run, 1, sizeof *s, "the exchange");
    s->count = (int)((m->sharded + CHUNK - 1) / CHUNK);
    s->before = nc_memory(run, m->sharded, sizeof *s->before, "the exchange");
    s->total = nc_memory(run, m->sharded, sizeof *s->total, "the exchange");
    s->chunks = nc_memory(run, s->count, sizeof *s->chunks, "the exchange");
    for (int i = 0; i < s->count; i++) {
        struct chunk *c = &s->chunks[i];
        c->from = (long long)i * CHUNK;
        c->count = m->sharded - c->from < CHUNK ? (int)(m->sharded - c->from) : CHUNK;
        c->phase = whole_behind(m, c->from, c->from + c->count);
    }
    qsort(s->chunks, (size_t)s->count, sizeof *s->chunks, by_phase);
}

void nc_sum_free(struct nc_run *run)
{
    struct nc_sum *s = run->step->sum;
    if (s == NULL)
        return;
    free(s->before);
    free(s->total);
    free(s->chunks);
    free(s);
}

static int last_rank(const struct nc_run *run)
{
    return run->ranks - 1;
}

static long long bytes_of(const struct chunk *chunk)
{
    return chunk->count * (long long)sizeof(float);
}

void nc_sum_begin(struct nc_run *run, int shards)
{
    struct nc_sum *s = run->step->sum;
    s->first = nc_ranks_first(run, shards, run->rank);
    s->end = nc_ranks_first(run, shards, run->rank + 1);
    s->up = s->down = 0;
    for (int i = 0; i < s->count; i++) {
        struct chunk *c = &s->chunks[i];
        if (run->rank > 0)
            c->receive_up = run->engine->receive(run->rank - 1, s->before + c->from, bytes_of(c));
        if (run->rank < last_rank(run))
            c->receive_down = run->engine->receive(run->rank + 1, s->total + c->from, bytes_of(c));
    }
}

static void add_task(void *context, int index, int thread)
{
    struct nc_run *run = context;
    const struct nc_sum *s = run->step->sum;
    const struct chunk *c = &s->chunks[s->up];
    const int at = index * RANGE, count = c->count - at < RANGE ? c->count - at : RANGE;
    (void)thread;
    nc_add_shards(run, c->from + at, count, s->first, s->end, s->before + c->from + at);
}

/* The next chunk, which has come from the rank before, goes on with this rank's shards. Behind the last rank it is the
 * sum, and turns back. */
static void pass_up(struct nc_run *run)
{
    struct nc_sum *s = run->step->sum;
    struct chunk *c = &s->chunks[s->up];
    nc_pool_run(run->pool, (c->count + RANGE - 1) / RANGE, add_task, run);
    c->send_up = run->engine->send(run->rank == last_rank(run) ? run->rank - 1 : run->rank + 1, s->before + c->from,
                                   bytes_of(c));
    s->up++;
}

/* The next sum, which has come back, goes on to rank 0. */
static void pass_down(struct nc_run *run)
{
    struct nc_sum *s = run->step->sum;
    struct chunk *c = &s->chunks[s->down];
    if (run->rank > 0)
        c->send_down = run->engine->send(run->rank - 1, s->total + c->from, bytes_of(c));
    s->down++;
}

void nc_sum_advance(struct nc_run *run, int phase)
{
    struct nc_sum *s = run->step->sum;
    while (s->up < s->count && s->chunks[s->up].phase < phase &&
           (run->rank == 0 || run->engine->done(s->chunks[s->up].receive_up)))
        pass_up(run);
    while (run->rank < last_rank(run) && s->down < s->up && run->engine->done(s->chunks[s->down].receive_down))
        pass_down(run);
    nc_lap(NC_LAP_UPDATE);
}

const float *nc_sum_place(const struct nc_run *run)
{
    const struct nc_sum *s = run->step->sum;
    return run->rank == last_rank(run) ? s->before : s->total;
}

void nc_sum_finish(struct nc_run *run)
{
    struct nc_sum *s = run->step->sum;
    const int lag = 2 * (last_rank(run) - run->rank); /* chunks between its way up and its way down */
    const int back = run->rank < last_rank(run) ? s->count : 0; /* so many come back */
    while (s->up < s->count || s->down < back) {
        if (s->up < s->count) {
            if (run->rank > 0)
                run->engine->wait(s->chunks[s->up].receive_up);
            pass_up(run);
        }
        for (int ahead = s->up < s->count ? s->up - lag : back; s->down < back && s->down < ahead; pass_down(run))
            run->engine->wait(s->chunks[s->down].receive_down);
    }
    for (int i = 0; i < s->count; i++) {
        run->engine->wait(s->chunks[i].send_up);
        if (run->rank > 0 && run->rank < last_rank(run))
            run->engine->wait(s->chunks[i].send_down);
    }
    nc_lap(NC_LAP_UPDATE);
}
