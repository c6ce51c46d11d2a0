/* newest.c: which of the checkpoints that `save` names is the newest one: the one that was trained longest of those of
 * the newest run, by what the files say of themselves, not by when they were last changed, which copying them changes
 * too. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

enum { CAPACITY = 4096 };

/* A checkpoint among the others. */
struct found {
    char *path;
    struct nc_identity identity;
    long long steps;  /* trained when it was saved; -1: it doesn't say */
    int is_last;      /* not the best one's: of two files of an epoch this one was written later */
    long long epoch, number; /* of its name */
};

struct search {
    struct nc_run *run;
    const char *what; /* looks for it: "predict" */
    int silent; /* about files that are no checkpoints */
    struct found *found; /* [count] */
    int count;
};

static int is_before(const struct found *a, const struct found *b)
{
    return a->identity.number != b->identity.number ? a->identity.number < b->identity.number
           : a->steps != b->steps     ? a->steps < b->steps
           : a->is_last != b->is_last ? a->is_last < b->is_last
           : a->epoch != b->epoch     ? a->epoch < b->epoch
                                      : a->number < b->number;
}

/* Looks at a file, if there is one; tells of one that is no checkpoint. */
static void add(struct search *s, const char *path, struct found found)
{
    char why[512];
    unsigned char start[NC_STATE_START], which[NC_IDENTITY_BYTES];
    if (!nc_is_there(s->run, s->what, path))
        return;
    if (!s->run->store->look(s->run, path, NC_IDENTITY_RECORD, which, sizeof which, why, sizeof why) ||
        !s->run->store->look(s->run, path, NC_STATE_RECORD, start, sizeof start, why, sizeof why)) {
        if (!s->silent)
            nc_warn(s->run, "%s is left out: %s", path, why);
        return;
    }
    found.steps = nc_identity_read(which, &found.identity);
    if (found.steps < 0) /* of a netc before there was that record */
        found.steps = nc_state_steps(start, NULL);
    found.path = nc_memory_text(s->run, path, strlen(path), "a checkpoint's name");
    s->found = nc_memory_grow(s->run, s->found, s->count + 1, sizeof *s->found, "the checkpoints");
    s->found[s->count++] = found;
}

_Noreturn static void fail_to_list(const struct search *s, const char *path)
{
    nc_fail(s->run, NULL, "%s: cannot list the folder %s: %s", s->what, *path ? path : ".", strerror(errno));
}

/* The next entry of a folder; NULL: there is none. */
static struct dirent *next_entry(const struct search *s, DIR *folder, const char *path)
{
    errno = 0;
    struct dirent *entry = readdir(folder);
    if (entry == NULL && errno != 0)
        fail_to_list(s, path);
    return entry;
}

/* Goes through the folders: path[length] is what stands before `rest`, what is left of the name. */
static void find(struct search *s, char path[CAPACITY], size_t length, const char *rest)
{
    struct found found = {.is_last = 1};
    size_t part = strcspn(rest, "/");
    char own[CAPACITY];
    snprintf(own, sizeof own, "%.*s", (int)part, rest);
    if (rest[0] == '\0') {
        if (nc_save_fits(s->run->save_name.value, path, &found.epoch, &found.number))
            add(s, path, found);
        return;
    }
    part += strspn(rest + part, "/");
    DIR *folder = NULL;
    if (nc_save_has_hole(own)) {
        folder = opendir(length > 0 ? path : ".");
        if (folder == NULL && errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            fail_to_list(s, path);
        if (folder == NULL)
            return;
    }
    for (struct dirent *entry = NULL; folder == NULL || (entry = next_entry(s, folder, path)) != NULL;) {
        const size_t plain = strlen(own);
        int added = snprintf(path + length, CAPACITY - length, "%s%.*s", entry != NULL ? entry->d_name : own,
                             (int)(part - plain), rest + plain);
        if (length + (size_t)added < CAPACITY)
            find(s, path, length + (size_t)added, rest + part);
        path[length] = '\0';
        if (folder == NULL)
            return;
    }
    closedir(folder);
}

/* Finds the files that `save` names. */
static void find_all(struct search *s)
{
    char path[CAPACITY] = "";
    find(s, path, 0, s->run->save_name.value);
    if (s->run->save_best.value != NULL && s->run->save_best.value[0] != '\0') {
        nc_best_path(s->run, path, sizeof path);
        add(s, path, (struct found){.is_last = 0});
    }
}

static void free_search(struct search *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->found[i].path);
    free(s->found);
}

/* The last one, or NULL. */
static struct found *last_of(const struct search *s)
{
    struct found *last = NULL;
    for (int i = 0; i < s->count; i++)
        if (s->found[i].path != NULL && (last == NULL || is_before(last, &s->found[i])))
            last = &s->found[i];
    return last;
}

/* The last one that is whole, or NULL. */
static const struct found *choose(struct search *s)
{
    char why[512];
    for (;;) {
        struct found *last = last_of(s);
        if (last == NULL || s->run->store->look(s->run, last->path, NULL, NULL, 0, why, sizeof why))
            return last;
        nc_warn(s->run, "%s is damaged, and the one before it is taken: %s", last->path, why);
        free(last->path);
        last->path = NULL;
    }
}

void nc_find_newest(struct nc_run *run, const char *otherwise, const char *what, char *newest, size_t size)
{
    struct search search = {.run = run, .what = what};
    char hint[64];
    find_all(&search);
    const struct found *last = choose(&search);
    if (last == NULL) {
        snprintf(hint, sizeof hint, "name it: %s", otherwise);
        nc_fail(run, hint, "%s: there is no checkpoint %s yet", what, run->save_name.value);
    }
    snprintf(newest, size, "%s", last->path);
    free_search(&search);
}

/* Whether the best epoch's file is of the newest run; tells where it is not. */
static int best_is_of_newest(struct nc_run *run, const char *best)
{
    struct search search = {.run = run, .what = "predict", .silent = 1};
    int newest = 1;
    find_all(&search);
    const struct found *last = last_of(&search);
    for (int i = 0; i < search.count; i++)
        if (strcmp(search.found[i].path, best) == 0 && search.found[i].identity.number < last->identity.number) {
            nc_warn(run, "%s is of an older run than %s, and is not taken", best, last->path);
            newest = 0;
        }
    free_search(&search);
    return newest;
}

int nc_find_best(struct nc_run *run, char *best, size_t size)
{
    char why[512];
    if (run->save_best.value == NULL || run->save_best.value[0] == '\0')
        return 0;
    nc_best_path(run, best, size);
    if (!nc_is_there(run, "predict", best) || !best_is_of_newest(run, best))
        return 0;
    if (run->store->look(run, best, NULL, NULL, 0, why, sizeof why))
        return 1;
    nc_warn(run, "%s is damaged, and the newest one is taken: %s", best, why);
    return 0;
}

int nc_has_parameters(struct nc_run *run)
{
    struct search search = {.run = run, .what = "build", .silent = 1};
    if (run->load_name.given == 2)
        return 1;
    if (run->save_name.value != NULL && run->save_name.value[0] != '\0')
        find_all(&search);
    const int has = search.count > 0;
    free_search(&search);
    return has;
}

void nc_find_there(struct nc_run *run)
{
    struct search search = {.run = run, .what = "save", .silent = 1};
    find_all(&search);
    const struct found *last = last_of(&search);
    if (last != NULL)
        run->there = last->identity;
    if (last != NULL && last->steps > 0 && !run->resume)
        nc_note(run, "%s is there from another run, of %lld steps: --resume goes on from that file until this run has "
                     "saved one", last->path, last->steps);
    free_search(&search);
}
