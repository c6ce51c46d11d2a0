/* newest.c: which of the checkpoints that `save` names is the newest one: by what the files say of themselves, not by
 * when they were last changed, which copying them changes too. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

/* Where a checkpoint stands among the others. */
struct place {
    long long steps; /* trained when it was saved; -1: it doesn't say */
    long long epoch; /* of its name */
};

static int is_before(struct place a, struct place b)
{
    return a.steps != b.steps ? a.steps < b.steps : a.epoch < b.epoch;
}

/* Finds the last one before *place, and sets that; 0 where there is none. `tell` of those that are none. */
static int find_before(struct nc_run *run, struct place *place, int tell, char *found, size_t size)
{
    struct place best = {-1, -1};
    for (long long epoch = 0; epoch <= run->epochs.value; epoch++) {
        char path[4096], why[512];
        unsigned char start[NC_STATE_START];
        struct place here = {.epoch = epoch};
        nc_save_path(run, run->save_name.value, epoch, path, sizeof path);
        if (access(path, F_OK) != 0)
            continue;
        if (!run->store->look(run, path, NC_STATE_RECORD, start, sizeof start, why, sizeof why)) {
            if (tell)
                nc_warn(run, "%s is left out: %s", path, why);
        } else {
            here.steps = nc_state_steps(start);
            if (is_before(here, *place) && is_before(best, here)) {
                best = here;
                snprintf(found, size, "%s", path);
            }
        }
        if (strstr(run->save_name.value, "{epoch}") == NULL)
            break;
    }
    *place = best;
    return best.epoch >= 0;
}

void nc_find_newest(struct nc_run *run, const char *otherwise, const char *what, char *newest, size_t size)
{
    struct place place = {LLONG_MAX, 0};
    char hint[64], why[512];
    for (int first = 1; find_before(run, &place, first, newest, size); first = 0) {
        if (run->store->look(run, newest, NULL, NULL, 0, why, sizeof why))
            return;
        nc_warn(run, "%s is damaged, and the one before it is taken: %s", newest, why);
    }
    snprintf(hint, sizeof hint, "name it: %s", otherwise);
    nc_fail(run, hint, "%s: there is no checkpoint %s yet", what, run->save_name.value);
}
