/* peak: what this machine's fused multiply-adds give at best, on one thread and on several at once.
 *     peak [THREADS]     prints GFLOP/s of one thread and of THREADS together (default 2), both at best, and what
 *                        THREADS together had on average, which is less where others work
 * Twelve independent sums in registers hide the latency of the multiply-adds; nothing is loaded. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "vector.h"

enum { SUMS = 12, TURNS = 1000000, ROUNDS = 20, MOST_THREADS = 64 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

struct rate {
    double best, mean; /* GFLOP/s */
};

static void *measure(void *rate)
{
    double best = 1e9, all = 0;
    for (int round = 0; round < ROUNDS; round++) {
        vec sum[SUMS], a = vec_all((float)round * 1e-9f), b = vec_all(0.5f);
        for (int i = 0; i < SUMS; i++)
            sum[i] = vec_zero();
        double began = seconds();
        for (int turn = 0; turn < TURNS; turn++) {
            UNROLL for (int i = 0; i < SUMS; i++)
                sum[i] = vec_fma(a, b, sum[i]);
        }
        double took = seconds() - began;
        for (int i = 0; i < SUMS; i++)
            __asm__ volatile("" : : "m"(sum[i])); /* the sums are wanted */
        best = took < best ? took : best;
        all += took;
    }
    const double work = 2.0 * VL * SUMS * TURNS * 1e-9;
    *(struct rate *)rate = (struct rate){work / best, work * ROUNDS / all};
    return NULL;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 2;
    if (threads < 1 || threads > MOST_THREADS)
        return fputs("peak: 1 to 64 threads\n", stderr), 2;
    struct rate one, each[MOST_THREADS], all = {0, 0};
    pthread_t thread[MOST_THREADS];
    measure(&one);
    for (int i = 0; i < threads; i++)
        if (pthread_create(&thread[i], NULL, measure, &each[i]))
            return fputs("peak: no thread\n", stderr), 1;
    for (int i = 0; i < threads; i++) {
        pthread_join(thread[i], NULL);
        all.best += each[i].best;
        all.mean += each[i].mean;
    }
    printf("%.1f %.1f %.1f\n", one.best, all.best, all.mean);
    return 0;
}
