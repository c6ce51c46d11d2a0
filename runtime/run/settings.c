/* settings.c: every value of the train block that the command line can change, in one table. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/optimizer.h"

enum { LONG, REAL, TEXT, FLAG };

static const struct setting {
    const char *path;
    int kind;
    size_t offset; /* in struct nc_run: of a nc_long, nc_real or nc_text */
    double low, high;
    const char *what;
} settings[] = {
    {"train.seed", LONG, offsetof(struct nc_run, seed), 0, 0x1p62, "what all random numbers begin from"},
    {"train.threads", LONG, offsetof(struct nc_run, threads), 1, 1024, "threads that compute"},
    {"train.device", TEXT, offsetof(struct nc_run, device_name), 0, 0, "cpu, cuda, cuda:1, opencl or auto"},
    {"train.epochs", LONG, offsetof(struct nc_run, epochs), 0, INT_MAX, "passes over the training data"},
    {"train.max_steps", LONG, offsetof(struct nc_run, max_steps), 0, 0x1p62, "the last training step"},
    {"train.data.shuffle", FLAG, offsetof(struct nc_run, train.shuffle), 0, 1, "a new order in every epoch"},
    {"train.data.drop_last", FLAG, offsetof(struct nc_run, train.drop_last), 0, 1, "leave out a last partial batch"},
    {"train.data.num_workers", LONG, offsetof(struct nc_run, train.num_workers), 0, 1024,
     "threads that prepare the next batches"},
    {"train.data.prefetch_factor", LONG, offsetof(struct nc_run, train.prefetch_factor), 1, 1000,
     "batches ahead for each of them"},
    {"train.test.shuffle", FLAG, offsetof(struct nc_run, test.shuffle), 0, 1, "the same for the test data"},
    {"train.test.drop_last", FLAG, offsetof(struct nc_run, test.drop_last), 0, 1, "the same for the test data"},
    {"train.test.num_workers", LONG, offsetof(struct nc_run, test.num_workers), 0, 1024,
     "the same for the test data"},
    {"train.test.prefetch_factor", LONG, offsetof(struct nc_run, test.prefetch_factor), 1, 1000,
     "the same for the test data"},
    {"train.test.every", LONG, offsetof(struct nc_run, test_every), 1, INT_MAX, "epochs from one test to the next"},
    {"train.clip.grad_norm", REAL, offsetof(struct nc_run, clip_norm), 0, HUGE_VAL, "largest norm of all gradients"},
    {"train.clip.grad_value", REAL, offsetof(struct nc_run, clip_value), 0, HUGE_VAL, "largest element of a gradient"},
    {"train.accumulate", LONG, offsetof(struct nc_run, accumulate), 1, INT_MAX, "batches that make an update"},
    {"train.log", TEXT, offsetof(struct nc_run, log_folder), 0, 0, "folder of the event files; empty: none"},
    {"train.log.folder", TEXT, offsetof(struct nc_run, log_folder), 0, 0, "the same"},
    {"train.log.images", LONG, offsetof(struct nc_run, log_images), 0, INT_MAX, "samples that the log shows"},
    {"train.log.every", LONG, offsetof(struct nc_run, log_every), 1, INT_MAX, "steps from one logged step to the next"},
    {"train.report", TEXT, offsetof(struct nc_run, report_name), 0, 0, "page that shows the log; empty: none"},
    {"train.save", TEXT, offsetof(struct nc_run, save_name), 0, 0, "checkpoint file of an epoch; empty: none"},
    {"train.save.every", LONG, offsetof(struct nc_run, save_every), 1, INT_MAX, "steps or epochs from file to file"},
    {"train.save.unit", TEXT, offsetof(struct nc_run, save_unit), 0, 0, "which of them: step or epoch"},
    {"train.save.keep", LONG, offsetof(struct nc_run, save_keep), 1, NC_MOST_SAVED, "files that stay"},
    {"train.save.best", TEXT, offsetof(struct nc_run, save_best), 0, 0,
     "metric whose best epoch has a file of its own; empty: none"},
    {"train.stop.patience", LONG, offsetof(struct nc_run, stop_patience), 0, INT_MAX,
     "epochs without a better metric that end the run"},
    {"train.stop.metric", TEXT, offsetof(struct nc_run, stop_metric), 0, 0, "which metric"},
    {"train.stop.min_delta", REAL, offsetof(struct nc_run, stop_delta), 0, HUGE_VAL, "by how much it must be better"},
    {"train.stop.mode", TEXT, offsetof(struct nc_run, stop_mode), 0, 0,
     "whether min or max is best; auto: by the metric"},
    {"train.stop.restore_best", FLAG, offsetof(struct nc_run, stop_restore), 0, 1,
     "the last file has the best parameters"},
    {"train.load", TEXT, offsetof(struct nc_run, load_name), 0, 0, "checkpoint file to take the parameters from"},
    {"train.load.prefix", TEXT, offsetof(struct nc_run, load_prefix), 0, 0, "what the names in it begin with"},
};

enum { SETTINGS = sizeof settings / sizeof *settings, FROM_FILE = 1, FROM_COMMAND_LINE = 2 };

void nc_give_long(struct nc_long *to, long long value)
{
    if (to->given < FROM_COMMAND_LINE)
        *to = (struct nc_long){value, FROM_FILE};
}

void nc_give_real(struct nc_real *to, double value)
{
    if (to->given < FROM_COMMAND_LINE)
        *to = (struct nc_real){value, FROM_FILE};
}

void nc_give_text(struct nc_text *to, const char *value)
{
    if (to->given < FROM_COMMAND_LINE)
        *to = (struct nc_text){value, FROM_FILE};
}

static void set_real(struct nc_run *run, const char *option, const struct setting *s, const char *text,
                     struct nc_real *to)
{
    *to = (struct nc_real){nc_to_real(run, option, text, s->low, s->high), FROM_COMMAND_LINE};
}

void nc_print_settings(struct nc_run *run)
{
    for (int i = 0; i < SETTINGS; i++)
        nc_print("  %-39s %s\n", settings[i].path, settings[i].what);
    struct nc_paths *paths = nc_argument_paths(run);
    for (int i = 0; i < paths->count; i++)
        nc_print("  %-39s %s\n", paths->path[i], paths->what[i]);
    free(paths);
}

static _Noreturn void unknown(struct nc_run *run, const char *path)
{
    struct nc_paths *paths = nc_argument_paths(run);
    const char *names[SETTINGS + NC_MAX_PATHS + 1] = {NULL};
    char hint[8192];
    size_t length = 0;
    int count = 0;
    for (int i = 0; i < SETTINGS; i++)
        names[count++] = settings[i].path;
    for (int i = 0; i < paths->count; i++)
        names[count++] = paths->path[i];
    const char *near = nc_did_you_mean(path, names);
    if (near != NULL)
        length = (size_t)snprintf(hint, sizeof hint, "did you mean %s? ", near);
    length += (size_t)snprintf(hint + length, sizeof hint - length, "What can be set:");
    for (int i = 0; i < count && length < sizeof hint; i++)
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s", i > 0 ? "," : "", names[i]);
    nc_usage(run, hint, "--set: there is no '%s'", path);
}

void nc_check_settings(struct nc_run *run)
{
    for (int i = 0; i < run->override_count; i++)
        if (!run->overrides[i].used)
            unknown(run, run->overrides[i].path);
}

/* Keeps what a later statement will know, or none. */
static void set_later(struct nc_run *run, const char *option, const char *path, const char *text)
{
    struct nc_override *all = nc_memory_grow(run, run->overrides, run->override_count + 1, sizeof *all, "the settings");
    struct nc_override *added = &all[run->override_count++];
    *added = (struct nc_override){.text = text};
    snprintf(added->option, sizeof added->option, "%s", option);
    snprintf(added->path, sizeof added->path, "%s", path);
    run->overrides = all;
}

void nc_set_value(struct nc_run *run, const char *option, const char *path, const char *text)
{
    const struct setting *s = settings;
    while (s < settings + SETTINGS && strcmp(s->path, path) != 0)
        s++;
    if (s == settings + SETTINGS) {
        set_later(run, option, path, text);
        return;
    }
    void *place = (char *)run + s->offset;
    if (s->kind == REAL)
        set_real(run, option, s, text, place);
    else if (s->kind == TEXT)
        *(struct nc_text *)place = (struct nc_text){text, FROM_COMMAND_LINE};
    else if (s->kind == FLAG)
        *(struct nc_long *)place = (struct nc_long){nc_to_flag(run, option, text), FROM_COMMAND_LINE};
    else
        *(struct nc_long *)place = (struct nc_long){nc_to_long(run, option, text, s->low, s->high), FROM_COMMAND_LINE};
}

void nc_set(struct nc_run *run, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL)
        nc_usage(run, "for example --set train.optimizer.lr=0.1", "--set wants path=value, not '%s'", assignment);
    char path[96], option[104];
    snprintf(path, sizeof path, "%.*s", (int)(equals - assignment < 95 ? equals - assignment : 95), assignment);
    snprintf(option, sizeof option, "--set %s", path);
    nc_set_value(run, option, path, equals + 1);
}

/* Edits from one word to the other: letters put in, left out or exchanged (Levenshtein). */
static int distance(const char *a, const char *b)
{
    enum { LONGEST = 40 };
    int row[LONGEST + 1], lb = (int)strlen(b);
    if (lb > LONGEST || strlen(a) > LONGEST)
        return LONGEST;
    for (int j = 0; j <= lb; j++)
        row[j] = j;
    for (int i = 1; a[i - 1] != '\0'; i++) {
        int diagonal = row[0];
        row[0] = i;
        for (int j = 1; j <= lb; j++) {
            int least = diagonal + (a[i - 1] != b[j - 1]);
            if (row[j] + 1 < least)
                least = row[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            diagonal = row[j];
            row[j] = least;
        }
    }
    return row[lb];
}

const char *nc_did_you_mean(const char *word, const char *const *names)
{
    const char *best = NULL;
    int least = (int)strlen(word) / 3 + 1; /* more than a third wrong is another word */
    for (; *names != NULL; names++) {
        int d = distance(word, *names);
        if (d <= least) {
            least = d - 1;
            best = *names;
        }
    }
    return best;
}
