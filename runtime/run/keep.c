/* keep.c: the statement `save` with `every`, `keep` and `best`: when checkpoints are written, and which of them stay.
 *
 * The list of those that stay is part of the training state: it is in each checkpoint, with that checkpoint itself and
 * with what is removed when it is whole. So a run that goes on after a kill removes what the killed one should have. A
 * file is removed only where it is still what this run has written: trained as many steps, with the same losses. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core.h"
#include "system/digest.h"
#include "system/draft.h"

void nc_save_every(struct nc_run *run, int every, const char *unit)
{
    nc_give_long(&run->save_every, every);
    nc_give_text(&run->save_unit, unit);
}

void nc_save_keep(struct nc_run *run, int count)
{
    nc_give_long(&run->save_keep, count);
}

void nc_save_best(struct nc_run *run, const char *metric)
{
    nc_give_text(&run->save_best, metric);
}

static int counts_epochs(const struct nc_run *run)
{
    return run->save_unit.value != NULL && strcmp(run->save_unit.value, "epoch") == 0;
}

void nc_keep_prepare(struct nc_run *run)
{
    const char *unit = run->save_unit.value, *name = run->save_name.value;
    if (unit != NULL && strcmp(unit, "epoch") != 0 && strcmp(unit, "step") != 0)
        nc_usage(run, NULL, "train.save.unit is step or epoch, and not '%s'", unit);
    if (name == NULL)
        return;
    if (run->save_keep.given && !nc_save_has_hole(name))
        nc_usage(run, "write {epoch} or {step} into the name", "train.save.keep chooses among files, but all are %s",
                 name);
    if (run->save_keep.given && !nc_saves_state(run))
        nc_usage(run, "take a name that ends with .pth",
                 "train.save.keep knows its files by what they say of the run, and %s says nothing", name);
    if (run->save_keep.given)
        run->saved = nc_memory(run, nc_keep_most(run), sizeof *run->saved, "the list of checkpoints");
}

void nc_keep_free(struct nc_run *run)
{
    free(run->saved);
    free(run->restore);
}

int nc_keep_most(const struct nc_run *run)
{
    return run->save_keep.given ? (int)run->save_keep.value + 3 : 0; /* a new one, and two where runs were stopped */
}

unsigned long long nc_keep_mark(const struct nc_run *run)
{
    const char *name = run->save_name.value;
    return name != NULL ? nc_digest(NC_NO_BYTES, name, strlen(name)) : NC_NO_BYTES;
}

int nc_save_due(const struct nc_run *run, int epoch_ended)
{
    const long long every = run->save_every.value;
    if (every == 0)
        return epoch_ended;
    if (counts_epochs(run))
        return epoch_ended && run->epoch % every == 0;
    return run->steps > 0 && run->steps % every == 0;
}

/* ---- Which of them stay ------------------------------------------------------------------------------------------ */

static void path_of(const struct nc_run *run, const struct nc_saved *saved, char path[NC_PATH])
{
    nc_save_path(run, run->save_name.value, saved->epoch, saved->steps, path, NC_PATH);
}

static void drop(struct nc_run *run, int index)
{
    run->saved_count--;
    memmove(&run->saved[index], &run->saved[index + 1], (size_t)(run->saved_count - index) * sizeof *run->saved);
}

/* Notes a file that is about to be written, in place of what stands under its name. */
static void note(struct nc_run *run, const char *path, struct nc_saved saved)
{
    char other[NC_PATH];
    for (int i = run->saved_count - 1; i >= 0; i--) {
        path_of(run, &run->saved[i], other);
        if (strcmp(path, other) == 0)
            drop(run, i);
    }
    run->saved[run->saved_count++] = saved;
}

/* Whether what stands at `path` now is what was written there. */
static int is_own(struct nc_run *run, const char *path, const struct nc_saved *saved)
{
    unsigned char start[NC_STATE_START];
    char why[512];
    struct stat status;
    double loss = 0;
    return lstat(path, &status) == 0 && S_ISREG(status.st_mode) &&
           run->store->look(run, path, NC_STATE_RECORD, start, sizeof start, why, sizeof why) &&
           nc_state_steps(start, &loss) == saved->steps && memcmp(&loss, &saved->loss, sizeof loss) == 0;
}

static void remove_file(struct nc_run *run, int index)
{
    char path[NC_PATH];
    path_of(run, &run->saved[index], path);
    if (is_own(run, path, &run->saved[index])) {
        if (unlink(path) == 0)
            nc_note(run, "removed %s", path);
        else
            nc_warn(run, "%s cannot be removed: %s", path, strerror(errno));
    }
    drop(run, index);
}

void nc_keep_trim(struct nc_run *run)
{
    int stay = 0;
    if (run->save_name.value == NULL || !run->save_keep.given || run->rank > 0)
        return;
    for (int i = run->saved_count - 1; i >= 0; i--) {
        const int last = i + 1 == run->saved_count;
        if (run->saved[i].passing ? !last : ++stay > run->save_keep.value)
            remove_file(run, i);
    }
}

/* ---- Saving ------------------------------------------------------------------------------------------------------ */

static void save(struct nc_run *run, const struct nc_progress_state *at, const char *path, unsigned char *record)
{
    nc_identity_number(run);
    nc_state_pack(run, at, record);
    run->store->save(run, path, record, nc_state_bytes(run));
}

void nc_save_now(struct nc_run *run, const struct nc_progress_state *at, long long epoch, int passing,
                 unsigned char *record)
{
    char path[NC_PATH];
    if (run->save_name.value == NULL || run->rank > 0)
        return;
    nc_save_path(run, run->save_name.value, epoch, run->steps, path, sizeof path);
    if (run->save_keep.given)
        note(run, path, (struct nc_saved){epoch, run->steps, at->loss, passing});
    save(run, at, path, record);
    nc_note(run, "saved %s", path);
    nc_tell_saved(run, path, 0);
    nc_keep_trim(run);
}

void nc_save_best_epoch(struct nc_run *run, const struct nc_progress_state *at, unsigned char *record)
{
    char path[NC_PATH];
    if (run->rank > 0)
        return;
    nc_best_path(run, path, sizeof path);
    save(run, at, path, record);
    nc_note(run, "saved %s, the best so far: %s %.6g", path, run->best.name, run->best.best);
    nc_tell_saved(run, path, 1);
}

int nc_saves_state(const struct nc_run *run)
{
    const char *name = run->save_name.value;
    return name != NULL && !nc_ends_with(name, ".safetensors"); /* which has no place for it */
}
