#include "run/tier.h"

#include <stdio.h>

#include "core.h"
#include "system/printable.h"

static const struct nc_tier *tier;

/* Since the first call that knew how many passes were left. */
static double began, looked;
static long long passes;

void nc_tier_set(const struct nc_tier *source)
{
    tier = source;
    began = looked = 0;
    passes = 0;
}

/* Whether one form can go on where the other one stopped: every place in memory is the same. */
static int same_plan(const struct nc_model *a, const struct nc_model *b)
{
    return a->block == b->block && a->sharded == b->sharded && a->packed == b->packed &&
           a->packed_forward == b->packed_forward && a->workspace == b->workspace &&
           a->batch_bytes == b->batch_bytes && a->capacity == b->capacity && a->learned == b->learned &&
           a->microbatch == b->microbatch && a->shard == b->shard && a->batch == b->batch &&
           a->phase_count == b->phase_count && a->parameter_count == b->parameter_count &&
           a->dropout_count == b->dropout_count && a->outputs == b->outputs &&
           a->output.offset == b->output.offset && (a->evaluation == NULL) == (b->evaluation == NULL);
}

/* Seconds that the passes to come take, by those that have been; 0 where that tells nothing yet. */
static double estimate(long long left, double now)
{
    const double enough = 0.05;
    if (left <= 0 || passes++ == 0) {
        began = now;
        return 0;
    }
    return now - began < enough ? 0 : (now - began) / (double)(passes - 1) * (double)left;
}

void nc_tier_look(struct nc_run *run, long long left)
{
    const double often = 0.01; /* seconds: looking costs a call of the system */
    if (tier == NULL || run->gpu != NULL)
        return;
    const double now = nc_seconds(), rest = estimate(left, now);
    if (now - looked < often)
        return;
    looked = now;
    const char *wrong = NULL;
    const struct nc_model *faster = tier->look(tier->context, rest, &wrong);
    if (wrong != NULL) {
        nc_warn(run, "the C compiler makes no kernels, so the run goes on with the prebuilt ones (-v shows all that it "
                     "says, --tier jit does without it): %s", wrong);
        tier = NULL;
    }
    if (faster == NULL)
        return;
    const int same = same_plan(faster, run->model);
    if (same)
        run->model = faster;
    if (tier->verbose)
        nc_print_to(stderr, same ? "%s: behind step %lld the kernels are the C compiler's\n"
                                 : "%s: behind step %lld there is another plan's program, which is left alone\n",
                    run->program, run->steps);
    tier = NULL;
}
