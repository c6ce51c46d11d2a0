/* The pool: every task once, whatever the threads; rounds that follow each other fast; threads that had gone to
 * sleep; a caller that has to wait long. */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "suite.h"

enum { TASKS = 100, MOST_THREADS = 8 };

struct tally {
    int done[TASKS];
    int busy[MOST_THREADS]; /* a thread inside a task: no other task may have its number */
    int clashes[MOST_THREADS];
};

static void count(void *context, int index, int thread)
{
    struct tally *tally = context;
    tally->clashes[thread] += tally->busy[thread]++;
    tally->done[index]++;
    tally->busy[thread]--;
}

START_TEST(each_task_once)
{
    static const int threads[] = {1, 2, 3, 8};
    struct nc_pool *pool = nc_pool_start(NULL, threads[_i]);
    ck_assert_int_eq(nc_pool_threads(pool), threads[_i]);
    struct tally tally = {0};
    for (int round = 1; round <= 300; round++) {
        if (round % 100 == 0)
            usleep(20000); /* long enough for the others to sleep */
        int tasks = round % (TASKS + 1);
        for (int i = 0; i < TASKS; i++)
            tally.done[i] = 0;
        nc_pool_run(pool, tasks, count, &tally);
        for (int i = 0; i < TASKS; i++)
            ck_assert_int_eq(tally.done[i], i < tasks);
    }
    for (int i = 0; i < MOST_THREADS; i++)
        ck_assert_int_eq(tally.clashes[i], 0);
    nc_pool_stop(pool);
}
END_TEST

static void nap(void *context, int index, int thread)
{
    (void)context;
    if (thread > 0 || index > 0)
        usleep(index < 2 ? 100000 : 0);
}

static double cpu_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Threads that wait for another one's long task sleep, whoever it is, and wake up for the rest. */
START_TEST(waiting_takes_no_processor)
{
    struct nc_pool *pool = nc_pool_start(NULL, 3);
    double before = cpu_seconds();
    for (int round = 0; round < 5; round++)
        nc_pool_run(pool, 3 + round, nap, NULL);
    ck_assert_double_lt(cpu_seconds() - before, 0.1); /* of the 0.5 s or more that it took */
    struct tally tally = {0};
    nc_pool_run(pool, TASKS, count, &tally);
    for (int i = 0; i < TASKS; i++)
        ck_assert_int_eq(tally.done[i], 1);
    nc_pool_stop(pool);
}
END_TEST

/* What one task takes, in microseconds, of the caller and of another thread, and how many each took. */
struct pace {
    int own, other;
    int taken[2];
};

static void sleep_at_pace(void *context, int index, int thread)
{
    (void)index;
    struct pace *pace = context;
    pace->taken[thread > 0]++;
    usleep((unsigned)(thread > 0 ? pace->other : pace->own));
}

static void run_at_pace(struct pace *pace, int rounds)
{
    struct nc_pool *pool = nc_pool_start(NULL, 2);
    for (int round = 0; round < rounds; round++)
        nc_pool_run(pool, 8, sleep_at_pace, pace);
    nc_pool_stop(pool);
}

/* A thread whose core others have most of the time is waited for now and then, to see whether that has changed. */
START_TEST(works_alone_where_waiting_takes_longer)
{
    struct pace pace = {.own = 100, .other = 50000};
    run_at_pace(&pace, 100);
    ck_assert_int_eq(pace.taken[0] + pace.taken[1], 800);
    ck_assert_int_lt(pace.taken[1], 20); /* of the 100 that it would have taken */
}
END_TEST

START_TEST(shares_work_with_a_slower_thread)
{
    struct pace pace = {.own = 1000, .other = 2000};
    run_at_pace(&pace, 40);
    ck_assert_int_eq(pace.taken[0] + pace.taken[1], 320);
    ck_assert_int_gt(pace.taken[1], 50); /* of the 107 that are its share */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, each_task_once, 0, 4);
    tcase_add_test(core, waiting_takes_no_processor);
    tcase_add_test(core, works_alone_where_waiting_takes_longer);
    tcase_add_test(core, shares_work_with_a_slower_thread);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
