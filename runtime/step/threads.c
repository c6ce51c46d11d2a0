/* threads.c: a fixed pool of threads, started once.
 *
 * A round of work is published as one 64-bit ticket: the round's number above, the next free task below. A thread takes
 * a task by raising the ticket with a compare-and-swap, so that one that wakes up late, or not at all, holds up nobody:
 * the caller waits for the tasks, not for the threads. Who waits, for a round or for its end, spins for some tens of
 * microseconds, as the pauses within a training step are shorter than that, and then sleeps.
 *
 * Where other programs take a core's time, the system stops a thread in the middle of a task, for some milliseconds,
 * and all others wait for that task. Two things are done about it. A thread without a task gives way every other
 * millisecond, so that the system stops it there, where nobody waits for it. And the caller keeps account of what the
 * other threads spare it and what it waits for them. While they cost more than they bring, it works alone. */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "core.h"

enum { SPINS = 4000, SPINS_TO_LOOK = 64 };

static const double own_time = 2e-3; /* how long a thread keeps its core before it gives way, in seconds */

/* The account of the other threads, in seconds. */
static const double account_time = 20e-3; /* how long one is kept before it is looked at */
static const double shortest_alone = 50e-3, longest_alone = 1.0; /* how long the caller then works alone */

#define CLOSED 0xffffffffull /* as the next task: there is none, and the fields below may change */

typedef void Task(void *context, int index, int thread);

struct worker {
    pthread_t id;
    struct nc_pool *pool;
    int thread;
};

struct nc_pool {
    int threads;
    struct worker *workers; /* [threads - 1]: thread 1 and up */
    struct nc_laps **laps;  /* [threads] when they are measured; changes only between rounds */

    _Atomic unsigned long long ticket; /* round << 32 | next task */
    _Atomic int tasks;                 /* of this round */
    _Atomic int left;                  /* tasks not finished */
    _Atomic(Task *) task;
    _Atomic(void *) context;

    pthread_mutex_t mutex;
    pthread_cond_t wake, done; /* there is a round; it is done */
    _Atomic int sleepers;
    _Atomic int caller_sleeps;
    _Atomic int stop;

    /* The account, which the caller alone keeps: */
    double opened;      /* when it was opened; 0: it is not */
    double gain;        /* what the others have spared, less what they have cost */
    double alone;       /* how long the caller works alone the next time that they cost more */
    double alone_until; /* a moment */
};

static void relax(void)
{
#if defined __x86_64__ || defined __i386__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

static void do_task(struct nc_pool *pool, Task *task, void *context, int index, int thread)
{
    if (thread > 0)
        nc_laps_use(pool->laps != NULL ? pool->laps[thread] : NULL);
    task(context, index, thread);
    nc_lap(NC_LAP_OTHER);
}

static void finish_task(struct nc_pool *pool)
{
    if (atomic_fetch_sub(&pool->left, 1) > 1 || !atomic_load(&pool->caller_sleeps))
        return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_signal(&pool->done);
    pthread_mutex_unlock(&pool->mutex);
}

/* Takes tasks of the round under way until there are none, and returns how many it took. The fields read belong to the
 * ticket's round if the swap succeeds: they change only while the ticket is closed, and it isn't while one of the
 * round's tasks is free. */
static int work(struct nc_pool *pool, int thread)
{
    int taken = 0;
    unsigned long long ticket = atomic_load(&pool->ticket);
    for (;;) {
        unsigned index = (unsigned)ticket;
        Task *task = atomic_load(&pool->task);
        void *context = atomic_load(&pool->context);
        if (index >= (unsigned)atomic_load(&pool->tasks))
            return taken;
        if (!atomic_compare_exchange_weak(&pool->ticket, &ticket, ticket + 1))
            continue;
        do_task(pool, task, context, (int)index, thread);
        finish_task(pool);
        taken++;
        ticket = atomic_load(&pool->ticket);
    }
}

static unsigned long long round_of(struct nc_pool *pool)
{
    return atomic_load(&pool->ticket) >> 32;
}

static void sleep_until_done(struct nc_pool *pool)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_store(&pool->caller_sleeps, 1);
    while (atomic_load(&pool->left) > 0)
        pthread_cond_wait(&pool->done, &pool->mutex);
    atomic_store(&pool->caller_sleeps, 0);
    pthread_mutex_unlock(&pool->mutex);
}

/* One turn of waiting. Returns false when it is time to sleep. */
static bool spin(int spins)
{
    relax();
    return spins < SPINS;
}

/* The same of a thread that waits for work. `gave_way` is when it last gave its core to others. */
static bool spin_for_work(int spins, double *gave_way)
{
    if (spins % SPINS_TO_LOOK == SPINS_TO_LOOK - 1 && nc_seconds() > *gave_way + own_time) {
        sched_yield();
        *gave_way = nc_seconds();
    }
    return spin(spins);
}

static void sleep_until(struct nc_pool *pool, unsigned long long seen)
{
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (round_of(pool) == seen && !atomic_load(&pool->stop))
        pthread_cond_wait(&pool->wake, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
}

static void *worker_main(void *argument)
{
    struct worker *self = argument;
    struct nc_pool *pool = self->pool;
    unsigned long long seen = 0;
    double gave_way = nc_seconds();
    for (;;) {
        for (int spins = 0; round_of(pool) == seen && !atomic_load(&pool->stop); spins++) {
            if (!spin_for_work(spins, &gave_way))
                sleep_until(pool, seen);
        }
        if (atomic_load(&pool->stop))
            return NULL;
        seen = round_of(pool);
        work(pool, self->thread);
    }
}

static void wake_sleepers(struct nc_pool *pool)
{
    if (atomic_load(&pool->sleepers) == 0)
        return;
    pthread_mutex_lock(&pool->mutex);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->mutex);
}

struct nc_pool *nc_pool_start(const struct nc_run *run, int threads)
{
    struct nc_pool *pool = nc_memory(run, 1, sizeof *pool, "the threads");
    pool->threads = threads;
    pool->alone = shortest_alone;
    pool->workers = nc_memory(run, threads, sizeof *pool->workers, "the threads");
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->done, NULL);
    for (int i = 0; i < threads - 1; i++) {
        struct worker *worker = &pool->workers[i];
        worker->pool = pool;
        worker->thread = i + 1;
        if (pthread_create(&worker->id, NULL, worker_main, worker) != 0)
            nc_fail(run, "ask for fewer with --threads", "the system starts no more than %d of %d threads", i + 1,
                    threads);
    }
    return pool;
}

void nc_pool_stop(struct nc_pool *pool)
{
    atomic_store(&pool->stop, 1);
    wake_sleepers(pool);
    for (int i = 0; i < pool->threads - 1; i++)
        pthread_join(pool->workers[i].id, NULL);
    pthread_mutex_destroy(&pool->mutex);
    pthread_cond_destroy(&pool->wake);
    pthread_cond_destroy(&pool->done);
    free(pool->workers);
    free(pool);
}

int nc_pool_threads(const struct nc_pool *pool)
{
    return pool != NULL ? pool->threads : 1;
}

void nc_pool_laps(struct nc_pool *pool, struct nc_laps **laps)
{
    pool->laps = laps;
}

static void publish(struct nc_pool *pool, int tasks, Task *task, void *context)
{
    unsigned long long round = round_of(pool);
    atomic_store(&pool->ticket, (round + 1) << 32 | CLOSED);
    atomic_store(&pool->task, task);
    atomic_store(&pool->context, context);
    atomic_store(&pool->left, tasks);
    atomic_store(&pool->tasks, tasks);
    atomic_store(&pool->ticket, (round + 2) << 32);
    wake_sleepers(pool);
}

static void wait_for_tasks(struct nc_pool *pool)
{
    for (int spins = 0; atomic_load(&pool->left) > 0; spins++) {
        if (!spin(spins))
            sleep_until_done(pool);
    }
}

/* Closes the account when it is time, and decides whether the others go on. */
static void close_account(struct nc_pool *pool, double now)
{
    if (now < pool->opened + account_time)
        return;
    if (pool->gain < 0) {
        pool->alone_until = now + pool->alone;
        pool->alone = pool->alone * 2 < longest_alone ? pool->alone * 2 : longest_alone;
    } else {
        pool->alone = shortest_alone;
    }
    pool->opened = pool->gain = 0;
}

/* What the others' tasks would have taken the caller: as much as its own ones, but no more than the others had, since
 * the caller may have been stopped in one of its own. */
static double spared(const struct nc_pool *pool, double own_seconds, int own, int others, double seconds)
{
    double most = seconds * (pool->threads - 1);
    double as_own = own > 0 ? own_seconds / own * others : most;
    return as_own < most ? as_own : most;
}

/* A round of all threads. The caller pays for the others' tasks with what it takes to wake them and to wait. */
static void run_together(struct nc_pool *pool, int tasks, Task *task, void *context)
{
    double began = nc_seconds();
    publish(pool, tasks, task, context);
    double published = nc_seconds();
    int own = work(pool, 0);
    double worked = nc_seconds();
    wait_for_tasks(pool);
    double ended = nc_seconds();
    if (pool->opened == 0)
        pool->opened = began;
    pool->gain += spared(pool, worked - published, own, tasks - own, ended - published);
    pool->gain -= published - began + ended - worked;
    close_account(pool, ended);
    nc_lap(NC_LAP_WAIT);
}

void nc_pool_run(struct nc_pool *pool, int tasks, void (*task)(void *context, int index, int thread), void *context)
{
    if (nc_pool_threads(pool) > 1 && tasks > 1 && nc_seconds() >= pool->alone_until) {
        run_together(pool, tasks, task, context);
        return;
    }
    for (int i = 0; i < tasks; i++)
        do_task(pool, task, context, i, 0);
}
