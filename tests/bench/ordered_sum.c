/* ordered_sum.c: the sum of shards in their order (runtime/step/sum.c) beside MPI_Allreduce, which promises no order.
 *
 *     mpicc -O2 -Iruntime tests/bench/ordered_sum.c runtime/step/sum.c runtime/mpi.c -o sum
 *     mpirun -np 2 ./sum [FLOATS...]
 *
 * Rank 0 prints the median time of each, for so many floats. Each rank has one shard, so that both add as much. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine.h"
#include "step/optimizer.h"
#include "step/ranks.h"
#include "step/sum.h"

enum { TURNS = 41 };

/* What sum.c asks the runtime for. */
void *nc_memory(const struct nc_run *run, long long count, long long size, const char *what)
{
    (void)run, (void)what;
    return calloc((size_t)count + 1, (size_t)size);
}

void nc_pool_run(struct nc_pool *pool, int tasks, void (*task)(void *context, int index, int thread), void *context)
{
    (void)pool;
    for (int i = 0; i < tasks; i++)
        task(context, i, 0);
}

int nc_ranks_first(const struct nc_run *run, int shards, int rank)
{
    (void)run, (void)shards;
    return rank;
}

void nc_lap(int place)
{
    (void)place;
}

void nc_add_shards(struct nc_run *run, long long from, int count, int first, int end, float *sum)
{
    (void)end;
    for (int i = 0; i < count; i++)
        sum[i] = first > 0 ? sum[i] + run->gradients[from + i] : run->gradients[from + i];
}

static int by_size(const void *a, const void *b)
{
    const double one = *(const double *)a, other = *(const double *)b;
    return one < other ? -1 : one > other;
}

static double median(double *times)
{
    qsort(times, TURNS, sizeof *times, by_size);
    return 1e3 * times[TURNS / 2];
}

static void measure(struct nc_run *run, long long floats)
{
    const struct nc_finished finished = {.phase = 0, .end = floats};
    const struct nc_model model = {.sharded = floats, .finished = &finished, .finished_count = 1};
    struct nc_step step = {0};
    double ordered[TURNS], any[TURNS];
    float *sum = malloc((size_t)floats * sizeof *sum);
    run->model = &model;
    run->step = &step;
    run->gradients = malloc((size_t)floats * sizeof *run->gradients);
    for (long long i = 0; i < floats; i++)
        run->gradients[i] = (float)(run->rank + 1) / (float)(i + 1);
    nc_sum_prepare(run);
    for (int turn = 0; turn < TURNS; turn++) {
        MPI_Barrier(MPI_COMM_WORLD);
        ordered[turn] = MPI_Wtime();
        nc_sum_begin(run, run->ranks);
        nc_sum_finish(run);
        ordered[turn] = MPI_Wtime() - ordered[turn];
        MPI_Barrier(MPI_COMM_WORLD);
        any[turn] = MPI_Wtime();
        MPI_Allreduce(run->gradients, sum, (int)floats, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        any[turn] = MPI_Wtime() - any[turn];
    }
    if (run->rank == 0)
        printf("%lld floats, %d ranks: in order %.3f ms, MPI_Allreduce %.3f ms\n", floats, run->ranks, median(ordered),
               median(any));
    nc_sum_free(run);
    free(run->gradients);
    free(sum);
}

int main(int argc, char **argv)
{
    struct nc_run run = {.engine = &nc_mpi};
    run.engine->begin(&run.rank, &run.ranks);
    for (int i = 1; i < argc; i++)
        measure(&run, atoll(argv[i]));
    if (argc == 1) {
        measure(&run, 94928); /* the quick model's gradients in shards */
        measure(&run, 1 << 22);
    }
    run.engine->end();
    return 0;
}
