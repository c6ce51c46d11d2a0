/* Schedulers. */
#include "targets/plain/plain.h"

bool plain_cycles_momentum(const Train *train)
{
    (void)train;
    return false;
}

void plain_print_schedule(Plain *p)
{
    (void)p;
}
