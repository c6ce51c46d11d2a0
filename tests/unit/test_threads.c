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

int main(void)
{
    Suite *suite = suite_create("threads");
    TCase *core = tcase_create("core");
    tcase_add_loop_test(core, each_task_once, 0, 4);
    tcase_add_test(core, waiting_takes_no_processor);
    suite_add_tcase(suite, core);
    return run_suite(suite);
}
