/* ranks.c: a run that several processes share. Each has all parameters and the optimizer's whole state, and makes the
 * same updates. Of a batch it takes a stretch of the shards, in evaluation of the microbatches. What it lacks of the
 * others' it is told (HACKING.md, "Many machines"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "step/optimizer.h"
#include "step/ranks.h"

enum {
    RANGE = 4096,       /* floats that a thread adds up at once */
    CHUNK = 16 * RANGE, /* floats of a message: while one travels the one before is added to */
    WHERE = 64,         /* bytes of a machine's name */
};

/* What a rank leaves of a microbatch. One more, in front of those of each rank, has the signal that it was sent. */
struct left {
    double loss;
    long long correct;
};

struct nc_sharing {
    float *before; /* [model->sharded] the sum of the shards in front of this rank's, and then theirs with it */
    float *total;  /* [model->sharded] the sum of all shards */
    struct left *left; /* [microbatches + ranks] */
    long long *at; /* [ranks + 1] */
    int *sends;    /* [chunks] transfers under way */
    int *receives[2];
    int signal;    /* that some rank was sent, as all of them know it */
};

void nc_ranks(struct nc_run *run, const struct nc_engine *engine)
{
    run->engine = engine;
}

int nc_is_shared(const struct nc_run *run)
{
    return run->ranks > 1;
}

/* ---- Beginning and end ------------------------------------------------------------------------------------------- */

/* How many processes a launcher of MPI has started with this one. */
static int launched(void)
{
    static const char *const names[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "MPI_LOCALNRANKS"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (getenv(names[i]) != NULL)
            return atoi(getenv(names[i]));
    return 1;
}

void nc_ranks_begin(struct nc_run *run)
{
    static char program[256];
    if (run->engine == NULL && launched() > 1)
        nc_fail(run, "make a trainer with 'netc build FILE.net --mpi' and start that in place of this",
                "%d of these were started together, and each would do the whole run by itself", launched());
    if (run->engine == NULL)
        return;
    run->engine->begin(&run->rank, &run->ranks);
    if (run->ranks == 1)
        return;
    if (run->command != NC_COMMAND_TRAIN && run->command != NC_COMMAND_TEST)
        nc_usage(run, "start one process alone", "only training and 'test' are shared by several processes");
    if (run->rank == 0)
        return;
    snprintf(program, sizeof program, "%s, rank %d", run->program, run->rank);
    run->program = program;
    if (freopen("/dev/null", "w", stdout) == NULL) /* rank 0 prints what is the same for all */
        nc_fail(run, NULL, "/dev/null can't be opened");
    run->log_folder.value = run->report_name.value = NULL;
}

void nc_ranks_prepare(struct nc_run *run, int microbatches)
{
    const struct nc_model *m = run->model;
    const int shards = (m->batch + m->shard - 1) / m->shard;
    const long long chunks = (m->sharded + CHUNK - 1) / CHUNK;
    if (!nc_is_shared(run))
        return;
    if (run->command == NC_COMMAND_TRAIN && run->ranks > shards)
        nc_fail(run, "start fewer, or make batch_size larger",
                "a batch of %d is cut into %d shards, so no more than %d processes can share it, and there are %d",
                m->batch, shards, shards, run->ranks);
    struct nc_sharing *s = run->sharing = nc_memory(run, 1, sizeof *s, "the exchange");
    if (run->command == NC_COMMAND_TRAIN) {
        s->before = nc_memory(run, m->sharded, sizeof *s->before, "the exchange");
        s->total = nc_memory(run, m->sharded, sizeof *s->total, "the exchange");
        s->sends = nc_memory(run, 2 * chunks, sizeof *s->sends, "the exchange");
        for (int i = 0; i < 2; i++)
            s->receives[i] = nc_memory(run, chunks, sizeof *s->receives[i], "the exchange");
    }
    s->left = nc_memory(run, microbatches + run->ranks, sizeof *s->left, "the exchange");
    s->at = nc_memory(run, run->ranks + 1, sizeof *s->at, "the exchange");
    nc_note(run, "%d processes by %s share each batch: rank 0 has %d of its %d shards", run->ranks, run->engine->name,
            nc_ranks_first(run, shards, 1), shards);
}

void nc_ranks_end(struct nc_run *run)
{
    struct nc_sharing *s = run->sharing;
    if (run->engine != NULL)
        run->engine->end();
    if (s == NULL)
        return;
    free(s->before);
    free(s->total);
    free(s->sends);
    free(s->receives[0]);
    free(s->receives[1]);
    free(s->left);
    free(s->at);
    free(s);
}

void nc_ranks_give(struct nc_run *run, void *memory, long long bytes)
{
    if (nc_is_shared(run))
        run->engine->give(memory, bytes);
}

/* ---- Whether all have the same ----------------------------------------------------------------------------------- */

/* What must be equal everywhere. */
struct begun {
    char where[WHERE];
    long long train, test, steps;                      /* samples of the data sets, and steps made */
    unsigned long long train_mark, test_mark, weights; /* of the labels or targets; of the parameters */
};

/* FNV-1a over words. */
static unsigned long long mark_of(const void *memory, size_t bytes)
{
    unsigned long long mark = 0xcbf29ce484222325, word;
    const unsigned char *at = memory;
    for (; bytes >= sizeof word; bytes -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        mark = (mark ^ word) * 0x100000001b3;
        mark ^= mark >> 29;
    }
    for (; bytes > 0; bytes--, at++)
        mark = (mark ^ *at) * 0x100000001b3;
    return mark;
}

static unsigned long long data_mark(const struct nc_run *run, const struct nc_data *data)
{
    if (data->labels != NULL)
        return mark_of(data->labels, (size_t)(data->count * nc_places(run->model)) * sizeof *data->labels);
    return mark_of(data->targets, (size_t)(data->count * data->target_floats) * sizeof *data->targets);
}

/* Rank 0 tells, and its end is that of the others, who wait for it here. */
static void refuse(struct nc_run *run, const struct begun *all, int other, const char *what, long long here,
                   long long there)
{
    char counts[96] = "";
    if (here != there)
        snprintf(counts, sizeof counts, ": %lld here and %lld there", here, there);
    if (run->rank == 0)
        nc_fail(run, "give every process the same program, files and options",
                "rank 0 on %s and rank %d on %s have different %s%s", all[0].where, other, all[other].where, what,
                counts);
    nc_ranks_give(run, &other, sizeof other);
}

void nc_ranks_check(struct nc_run *run)
{
    if (!nc_is_shared(run))
        return;
    struct begun *all = nc_memory(run, run->ranks, sizeof *all, "the exchange"), *own = &all[run->rank];
    const struct nc_data *train = run->command == NC_COMMAND_TRAIN ? run->train.data : NULL, *test = run->test.data;
    gethostname(own->where, sizeof own->where - 1);
    if (train != NULL) {
        own->train = train->count;
        own->train_mark = data_mark(run, train);
    }
    if (test != NULL) {
        own->test = test->count;
        own->test_mark = data_mark(run, test);
    }
    own->steps = run->steps;
    own->weights = mark_of(run->weights, (size_t)run->model->block * sizeof *run->weights);
    for (int rank = 0; rank <= run->ranks; rank++)
        run->sharing->at[rank] = rank * (long long)sizeof *all;
    run->engine->gather(all, run->sharing->at);
    for (int rank = 1; rank < run->ranks; rank++) {
        const struct begun *one = &all[rank];
        if (one->train != all->train || one->train_mark != all->train_mark)
            refuse(run, all, rank, one->train != all->train ? "numbers of training samples" : "training labels",
                   all->train, one->train);
        if (one->test != all->test || one->test_mark != all->test_mark)
            refuse(run, all, rank, one->test != all->test ? "numbers of test samples" : "test labels", all->test,
                   one->test);
        if (one->steps != all->steps || one->weights != all->weights)
            refuse(run, all, rank, one->steps != all->steps ? "numbers of steps made" : "parameters to begin with",
                   all->steps, one->steps);
    }
    free(all);
}

/* ---- What each takes, and what all are told --------------------------------------------------------------------- */

/* Rank 0 has a task whenever there is any, so that the sum of the shards begins there. */
int nc_ranks_first(const struct nc_run *run, int tasks, int rank)
{
    return nc_is_shared(run) ? (int)(((long long)tasks * rank + run->ranks - 1) / run->ranks) : rank * tasks;
}

void nc_ranks_gather(struct nc_run *run, void *memory, const long long *at)
{
    run->engine->gather(memory, at);
    nc_lap(NC_LAP_WAIT);
}

void nc_ranks_losses(struct nc_run *run, const int *first, double *loss, long long *correct)
{
    struct nc_sharing *s = run->sharing;
    for (int rank = 0; rank <= run->ranks; rank++)
        s->at[rank] = (first[rank] + rank) * (long long)sizeof *s->left;
    s->left[first[run->rank] + run->rank] = (struct left){0, run->interrupt != NULL ? *run->interrupt : 0};
    for (int i = first[run->rank]; i < first[run->rank + 1]; i++)
        s->left[i + run->rank + 1] = (struct left){loss[i], correct[i]};
    nc_ranks_gather(run, s->left, s->at);
    for (int rank = 0; rank < run->ranks; rank++) {
        const struct left *left = s->left + rank;
        if (left[first[rank]].correct != 0)
            s->signal = (int)left[first[rank]].correct;
        for (int i = first[rank]; i < first[rank + 1]; i++) {
            loss[i] = left[i + 1].loss;
            correct[i] = left[i + 1].correct;
        }
    }
}

int nc_ranks_signal(const struct nc_run *run)
{
    return run->sharing->signal;
}

/* ---- The sum of the shards --------------------------------------------------------------------------------------- */

/* A chunk of the block, to which this rank's shards are added. */
struct adding {
    struct nc_run *run;
    long long from;
    int count, first, end;
};

static void add_task(void *context, int index, int thread)
{
    const struct adding *a = context;
    const int at = index * RANGE, count = a->count - at < RANGE ? a->count - at : RANGE;
    (void)thread;
    nc_add_shards(a->run, a->from + at, count, a->first, a->end, a->run->sharing->before + a->from + at);
}

static int chunk_floats(const struct nc_run *run, int chunk)
{
    const long long left = run->model->sharded - (long long)chunk * CHUNK;
    return left < CHUNK ? (int)left : CHUNK;
}

static long long chunk_bytes(const struct nc_run *run, int chunk)
{
    return chunk_floats(run, chunk) * (long long)sizeof(float);
}

/* The chunk goes on with this rank's shards. Behind the last rank it is the sum, and turns back. */
static void pass_up(struct nc_run *run, int chunk, int first, int end)
{
    struct nc_sharing *s = run->sharing;
    const long long from = (long long)chunk * CHUNK;
    struct adding adding = {run, from, chunk_floats(run, chunk), first, end};
    if (run->rank > 0)
        run->engine->wait(s->receives[0][chunk]);
    nc_pool_run(run->pool, (adding.count + RANGE - 1) / RANGE, add_task, &adding);
    const int last = run->rank == run->ranks - 1;
    s->sends[2 * chunk] = run->engine->send(last ? run->rank - 1 : run->rank + 1, s->before + from,
                                            chunk_bytes(run, chunk));
}

/* The sum comes back, and goes on to rank 0. */
static void pass_down(struct nc_run *run, int chunk)
{
    struct nc_sharing *s = run->sharing;
    run->engine->wait(s->receives[1][chunk]);
    if (run->rank > 0)
        s->sends[2 * chunk + 1] = run->engine->send(run->rank - 1, s->total + (long long)chunk * CHUNK,
                                                    chunk_bytes(run, chunk));
}

/* The shards are added in their order: the sum of those in front comes from the rank before, this rank adds its own and
 * hands it on. The last rank has the sum, which goes the same way back. Chunks follow each other, so all ranks are at
 * work, and each sends and receives the block twice at most, as the best sum without an order does. */
const float *nc_ranks_sum(struct nc_run *run, int shards)
{
    struct nc_sharing *s = run->sharing;
    const int chunks = (int)((run->model->sharded + CHUNK - 1) / CHUNK);
    const int last = run->ranks - 1, lag = 2 * (last - run->rank); /* chunks between its way up and its way down */
    const int first = nc_ranks_first(run, shards, run->rank);
    const int end = nc_ranks_first(run, shards, run->rank + 1);
    for (int i = 0; i < chunks; i++) {
        if (run->rank > 0)
            s->receives[0][i] = run->engine->receive(run->rank - 1, s->before + (long long)i * CHUNK,
                                                     chunk_bytes(run, i));
        if (run->rank < last)
            s->receives[1][i] = run->engine->receive(run->rank + 1, s->total + (long long)i * CHUNK,
                                                     chunk_bytes(run, i));
    }
    for (int i = 0; i < chunks + lag; i++) {
        if (i < chunks)
            pass_up(run, i, first, end);
        if (i >= lag && run->rank < last)
            pass_down(run, i - lag);
    }
    for (int i = 0; i < chunks; i++) {
        run->engine->wait(s->sends[2 * i]);
        if (run->rank > 0 && run->rank < last)
            run->engine->wait(s->sends[2 * i + 1]);
    }
    nc_lap(NC_LAP_UPDATE);
    return run->rank == last ? s->before : s->total;
}
