/* settings.c: every value of the train block that the command line can change, in one table. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"

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
    {"train.epochs", LONG, offsetof(struct nc_run, epochs), 0, INT_MAX, "passes over the training data"},
    {"train.max_steps", LONG, offsetof(struct nc_run, max_steps), 0, 0x1p62, "the last training step"},
    {"train.data.shuffle", FLAG, offsetof(struct nc_run, train.shuffle), 0, 1, "a new order in every epoch"},
    {"train.data.drop_last", FLAG, offsetof(struct nc_run, train.drop_last), 0, 1, "leave out a last partial batch"},
    {"train.test.shuffle", FLAG, offsetof(struct nc_run, test.shuffle), 0, 1, "the same for the test data"},
    {"train.test.drop_last", FLAG, offsetof(struct nc_run, test.drop_last), 0, 1, "the same for the test data"},
    {"train.optimizer.lr", REAL, offsetof(struct nc_run, sgd.lr), 0, HUGE_VAL, "learning rate"},
    {"train.optimizer.momentum", REAL, offsetof(struct nc_run, sgd.momentum), 0, HUGE_VAL, "momentum"},
    {"train.optimizer.dampening", REAL, offsetof(struct nc_run, sgd.dampening), -HUGE_VAL, HUGE_VAL, "dampening"},
    {"train.optimizer.weight_decay", REAL, offsetof(struct nc_run, sgd.weight_decay), 0, HUGE_VAL, "weight decay"},
    {"train.optimizer.nesterov", FLAG, offsetof(struct nc_run, sgd.nesterov), 0, 1, "Nesterov momentum"},
    {"train.log", TEXT, offsetof(struct nc_run, log_folder), 0, 0, "folder of the event files; empty: none"},
    {"train.log.every", LONG, offsetof(struct nc_run, log_every), 1, INT_MAX, "steps from one logged step to the next"},
    {"train.save", TEXT, offsetof(struct nc_run, save_name), 0, 0, "checkpoint file of an epoch; empty: none"},
    {"train.load", TEXT, offsetof(struct nc_run, load_name), 0, 0, "checkpoint file to take the parameters from"},
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

static int blank(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return *text == '\0';
}

static long long to_long(struct nc_run *run, const char *option, const struct setting *s, const char *text)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || !blank(end))
        nc_usage(run, NULL, "%s: '%s' is not a whole number", option, text);
    if (errno == ERANGE || (double)value < s->low || (double)value > s->high)
        nc_usage(run, NULL, "%s: %s is out of range: %.0f to %.0f", option, text, s->low, s->high);
    return value;
}

static double to_real(struct nc_run *run, const char *option, const struct setting *s, const char *text)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || !blank(end) || !isfinite(value))
        nc_usage(run, NULL, "%s: '%s' is not a number", option, text);
    if (value < s->low)
        nc_usage(run, NULL, "%s: %s is out of range: it can't be below %g", option, text, s->low);
    return value;
}

static int to_flag(struct nc_run *run, const char *option, const char *text)
{
    static const char *const words[] = {"False", "True", "false", "true", "0", "1"};
    for (int i = 0; i < 6; i++)
        if (strcmp(text, words[i]) == 0)
            return i % 2;
    nc_usage(run, NULL, "%s: '%s' is neither True nor False", option, text);
}

void nc_print_settings(void)
{
    for (int i = 0; i < SETTINGS; i++)
        printf("  %-29s %s\n", settings[i].path, settings[i].what);
}

static _Noreturn void unknown(struct nc_run *run, const char *path)
{
    const char *names[SETTINGS + 1] = {NULL};
    char hint[2048];
    size_t length = 0;
    for (int i = 0; i < SETTINGS; i++)
        names[i] = settings[i].path;
    const char *near = nc_did_you_mean(path, names);
    if (near != NULL)
        length = (size_t)snprintf(hint, sizeof hint, "did you mean %s? ", near);
    length += (size_t)snprintf(hint + length, sizeof hint - length, "What can be set:");
    for (int i = 0; i < SETTINGS; i++)
        length += (size_t)snprintf(hint + length, sizeof hint - length, "%s %s", i > 0 ? "," : "", names[i]);
    nc_usage(run, hint, "--set: there is no '%s'", path);
}

void nc_set_value(struct nc_run *run, const char *option, const char *path, const char *text)
{
    const struct setting *s = settings;
    while (s < settings + SETTINGS && strcmp(s->path, path) != 0)
        s++;
    if (s == settings + SETTINGS)
        unknown(run, path);
    void *place = (char *)run + s->offset;
    if (s->kind == REAL)
        *(struct nc_real *)place = (struct nc_real){to_real(run, option, s, text), FROM_COMMAND_LINE};
    else if (s->kind == TEXT)
        *(struct nc_text *)place = (struct nc_text){text, FROM_COMMAND_LINE};
    else if (s->kind == FLAG)
        *(struct nc_long *)place = (struct nc_long){to_flag(run, option, text), FROM_COMMAND_LINE};
    else
        *(struct nc_long *)place = (struct nc_long){to_long(run, option, s, text), FROM_COMMAND_LINE};
}

void nc_set(struct nc_run *run, const char *assignment)
{
    const char *equals = strchr(assignment, '=');
    if (equals == NULL)
        nc_usage(run, "for example --set train.optimizer.lr=0.1", "--set wants path=value, not '%s'", assignment);
    char path[64], option[80];
    snprintf(path, sizeof path, "%.*s", (int)(equals - assignment < 63 ? equals - assignment : 63), assignment);
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
