/* laps.c: each thread's stopwatch. A thread writes its own rows and nothing that another one reads while it runs, and
 * a lap costs one reading of the processor's counter: some ten nanoseconds. */
#include <time.h>

#include "core.h"

/* The calling thread's; NULL: nothing is measured just now. */
static _Thread_local struct nc_laps *own;

unsigned long long nc_ticks(void)
{
#if defined __x86_64__ || defined __i386__
    return __builtin_ia32_rdtsc();
#else
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (unsigned long long)t.tv_sec * 1000000000u + (unsigned long long)t.tv_nsec;
#endif
}

void nc_laps_use(struct nc_laps *laps)
{
    own = laps;
    if (laps != NULL)
        laps->last = nc_ticks();
}

void nc_lap(int row)
{
    struct nc_laps *laps = own;
    if (laps == NULL)
        return;
    if (laps->made != NULL) {
        if (row >= 0)
            laps->made(laps->context, row);
        return;
    }
    unsigned long long now = nc_ticks();
    struct nc_lap_row *to = &laps->row[NC_LAP_ROWS + row];
    if (now > laps->last) /* the counters of two processors may differ a little */
        to->ticks += now - laps->last;
    to->calls++;
    laps->last = now;
}
