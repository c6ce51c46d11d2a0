/* Tier: the second form of a program that runs in process. It begins with libtcc's code, which calls prebuilt kernels;
 * meanwhile the C compiler makes kernels for this model alone, and at the end of a step they take the others' place
 * (run/tier.h). */
#ifndef NETC_TIER_H
#define NETC_TIER_H

#include "driver.h"
#include "options.h"

/* Before the program begins: finds the second form among those that are kept (cache.h); or makes it now and waits, for
 * `--tier cc`; or has a process ready that will make it when the run turns out to be long. Where there is no compiler,
 * or something is wrong, the program is left as it is. */
void tier_begin(const Compilation *c, const Options *options);

#endif
