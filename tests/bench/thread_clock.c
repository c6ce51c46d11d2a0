/* thread_clock.c: CLOCK_MONOTONIC becomes the time that the calling thread has had of a processor, so that a profile of
 * one thread counts no time that others took. To be loaded by LD_PRELOAD:
 *     cc -O2 -shared -fPIC thread_clock.c -o thread_clock.so */
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *time)
{
    return (int)syscall(SYS_clock_gettime, clock == CLOCK_MONOTONIC ? CLOCK_THREAD_CPUTIME_ID : clock, time);
}
