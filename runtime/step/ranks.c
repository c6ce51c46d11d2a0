/* ranks.c: a run that several processes share. Each has all parameters and the optimizer's whole state, and makes the
 * same updates. Of a batch it takes a stretch of the shards, in evaluation of the microbatches. What it lacks of the
 * others' it is told (HACKING.md, "Many machines"). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "engine.h"
#include "step/ranks.h"
#include "system/digest.h"
#include "system/launcher.h"

enum { WHERE = 64 }; /* bytes of a machine's name */

/* What a rank leaves of a microbatch. One more, in front of those of each rank, has the signal that it was sent. */
struct left {
    double loss;
    long long correct;
};

struct nc_sharing {
    struct left *left; /* [microbatches + ranks] */
    long long *at; /* [ranks + 1] */
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

void nc_ranks_begin(struct nc_run *run)
{
    static char program[256];
    if (run->engine == NULL && nc_launched_count() > 1)
        nc_fail(run, "make a trainer with 'netc build FILE.net --mpi' and start that in place of this",
                "%d of these were started together, and each would do the whole run by itself", nc_launched_count());
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

int nc_ranks_cores(const struct nc_run *run)
{
    return nc_is_shared(run) ? run->engine->cores() : 0;
}

void nc_ranks_prepare(struct nc_run *run, int microbatches)
{
    const struct nc_model *m = run->model;
    const int shards = (m->batch + m->shard - 1) / m->shard;
    if (!nc_is_shared(run))
        return;
    if (run->command == NC_COMMAND_TRAIN && run->ranks > shards)
        nc_fail(run, "start fewer, or say 'shards N' in the train block, or make batch_size larger",
                "a batch of %d is cut into %d shards, so no more than %d processes can share it, and there are %d",
                m->batch, shards, shards, run->ranks);
    struct nc_sharing *s = run->sharing = nc_memory(run, 1, sizeof *s, "the exchange");
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

/* FNV-1a over words, and over the bytes behind the last one. */
static unsigned long long mark_of(const void *memory, size_t bytes)
{
    unsigned long long mark = NC_NO_BYTES, word;
    const unsigned char *at = memory;
    for (; bytes >= sizeof word; bytes -= sizeof word, at += sizeof word) {
        memcpy(&word, at, sizeof word);
        mark = (mark ^ word) * 0x100000001b3;
        mark ^= mark >> 29;
    }
    return nc_digest(mark, at, bytes);
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
    run->engine->wait(run->engine->gather(all, run->sharing->at));
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

void nc_ranks_gather_samples(const struct nc_pass *pass, void *memory, long long bytes)
{
    const struct nc_run *run = pass->run;
    for (int rank = 0; rank <= run->ranks; rank++)
        run->sharing->at[rank] = nc_pass_first_sample(pass, rank) * bytes;
    run->engine->wait(run->engine->gather(memory, run->sharing->at));
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
    run->engine->wait(run->engine->gather(s->left, s->at));
    nc_lap(NC_LAP_WAIT);
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
