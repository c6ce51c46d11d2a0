/* arguments.c: numbers from the command line, and the arguments of optimizers and schedulers that they replace. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "step/schedule.h"

/* ---- Numbers ----------------------------------------------------------------------------------------------------- */

static int blank(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return *text == '\0';
}

long long nc_to_long(struct nc_run *run, const char *option, const char *text, double low, double high)
{
    char *end;
    errno = 0;
    long long value = strtoll(text, &end, 10);
    if (end == text || !blank(end))
        nc_usage(run, NULL, "%s: '%s' is not a whole number", option, text);
    if (errno == ERANGE || (double)value < low || (double)value > high)
        nc_usage(run, NULL, "%s: %s is out of range: %.0f to %.0f", option, text, low, high);
    return value;
}

static double checked(struct nc_run *run, const char *option, const char *text, double value, double low, double high)
{
    if (value < low)
        nc_usage(run, NULL, "%s: %s is out of range: it can't be below %g", option, text, low);
    if (value > high)
        nc_usage(run, NULL, "%s: %s is out of range: it can't be %s %g", option, text,
                 high == NC_BELOW_ONE ? "as large as" : "above", high);
    return value;
}

double nc_to_real(struct nc_run *run, const char *option, const char *text, double low, double high)
{
    char *end;
    double value = strtod(text, &end);
    if (end == text || !blank(end) || !isfinite(value))
        nc_usage(run, NULL, "%s: '%s' is not a number", option, text);
    return checked(run, option, text, value, low, high);
}

/* "0.9, 0.999", in parentheses or not. */
static void to_pair(struct nc_run *run, const char *option, const char *text, double low, double high, double *pair)
{
    double value[2] = {0};
    int length = 0;
    if ((sscanf(text, " ( %lf , %lf ) %n", &value[0], &value[1], &length) != 2 || length == 0 || text[length] != 0) &&
        (sscanf(text, " %lf , %lf %n", &value[0], &value[1], &length) != 2 || length == 0 || text[length] != 0))
        nc_usage(run, NULL, "%s: '%s' is not a pair of numbers", option, text);
    for (int i = 0; i < 2; i++) {
        if (!isfinite(value[i]))
            nc_usage(run, NULL, "%s: '%s' is not a pair of numbers", option, text);
        pair[i] = checked(run, option, text, value[i], low, high);
    }
}

int nc_to_flag(struct nc_run *run, const char *option, const char *text)
{
    static const char *const words[] = {"False", "True", "false", "true", "0", "1"};
    for (int i = 0; i < 6; i++)
        if (strcmp(text, words[i]) == 0)
            return i % 2;
    nc_usage(run, NULL, "%s: '%s' is neither True nor False", option, text);
}

/* ---- Arguments --------------------------------------------------------------------------------------------------- */

int nc_argument_place(const struct nc_argument *arguments, const char *name)
{
    int place = 0;
    for (; arguments->name != NULL; place += arguments->kind == NC_PAIR ? 2 : 1, arguments++)
        if (strcmp(arguments->name, name) == 0)
            return place;
    return -1;
}

static void take(struct nc_run *run, const struct nc_override *from, const struct nc_argument *argument, double *value)
{
    switch (argument->kind) {
    case NC_FLAG: *value = nc_to_flag(run, from->option, from->text); break;
    case NC_INTEGER:
        *value = (double)nc_to_long(run, from->option, from->text, argument->low, argument->high);
        break;
    case NC_PAIR: to_pair(run, from->option, from->text, argument->low, argument->high, value); break;
    default: *value = nc_to_real(run, from->option, from->text, argument->low, argument->high); break;
    }
}

void nc_arguments_take(struct nc_run *run, const char *prefix, const struct nc_argument *arguments, double *values,
                       char *taken)
{
    size_t length = strlen(prefix);
    for (int i = 0; i < run->override_count; i++) {
        struct nc_override *from = &run->overrides[i];
        if (strncmp(from->path, prefix, length) != 0 || from->path[length] != '.')
            continue;
        for (const struct nc_argument *a = arguments; a->name != NULL; a++) {
            int place = nc_argument_place(arguments, a->name);
            if (a->kind == NC_FIXED || strcmp(a->name, from->path + length + 1) != 0)
                continue;
            take(run, from, a, &values[place]);
            from->used = 1;
            for (int k = 0; taken != NULL && k < (a->kind == NC_PAIR ? 2 : 1); k++)
                taken[place + k] = 1;
        }
    }
}

/* ---- All paths, for messages ------------------------------------------------------------------------------------- */

static void add_paths(struct nc_paths *paths, const char *prefix, const struct nc_argument *arguments)
{
    for (; arguments != NULL && arguments->name != NULL; arguments++) {
        if (arguments->kind == NC_FIXED || paths->count == NC_MAX_PATHS)
            continue;
        snprintf(paths->path[paths->count], sizeof paths->path[0], "%s.%s", prefix, arguments->name);
        paths->what[paths->count++] = arguments->what;
    }
}

static void add_scheduler(struct nc_scheduler *s, void *paths)
{
    add_paths(paths, s->path, s->kind->arguments);
}

struct nc_paths *nc_argument_paths(const struct nc_run *run)
{
    struct nc_paths *paths = nc_memory(run, 1, sizeof *paths, "the settings");
    for (int i = 0; i < run->part_count; i++) {
        char prefix[96];
        snprintf(prefix, sizeof prefix, "train.optimizer%s%s", i > 0 ? "." : "", i > 0 ? run->parts[i].name : "");
        add_paths(paths, prefix, run->optimizer->arguments);
    }
    nc_schedulers(run->scheduler, add_scheduler, paths);
    return paths;
}
