/* fail.c: errors and messages. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core.h"
#include "system/launcher.h"

static const char *program(const struct nc_run *run)
{
    return run != NULL && run->program != NULL ? run->program : "netc";
}

/* What all processes of a shared run would say, rank 0 says, and the launcher ends the others meanwhile: these wait. */
static void give_way(void)
{
    const time_t seconds = 2;
    if (nc_launched_rank() > 0)
        nanosleep(&(struct timespec){.tv_sec = seconds}, NULL);
}

static void report(const struct nc_run *run, const char *kind, const char *format, va_list arguments)
{
    give_way();
    if (run != NULL)
        nc_progress_break(run->progress);
    fflush(stdout);
    nc_print_to(stderr, "%s: %s: ", program(run), kind);
    nc_vprint(stderr, format, arguments);
    putc('\n', stderr);
}

/* The lines of a list, each of which begins with its newline. */
static void print_lines(FILE *to, const char *list)
{
    while (*list == '\n') {
        int length = (int)strcspn(++list, "\n");
        nc_print_to(to, "%.*s\n", length, list);
        list += length;
    }
}

void nc_fail(const struct nc_run *run, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(run, "error", format, arguments);
    va_end(arguments);
    if (hint != NULL)
        nc_print_to(stderr, "  hint: %s\n", hint);
    exit(1);
}

void nc_fail_list(const struct nc_run *run, const char *hint, const char *list, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(run, "error", format, arguments);
    va_end(arguments);
    print_lines(stderr, list);
    if (hint != NULL)
        nc_print_to(stderr, "  hint: %s\n", hint);
    exit(1);
}

void nc_usage(const struct nc_run *run, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(run, "error", format, arguments);
    va_end(arguments);
    if (hint != NULL)
        nc_print_to(stderr, "  hint: %s\n", hint);
    nc_print_to(stderr, "Try '%s --help'.\n", program(run));
    exit(2);
}

void nc_warn(const struct nc_run *run, const char *format, ...)
{
    if (run != NULL && run->rank > 0) /* rank 0 says the same */
        return;
    va_list arguments;
    va_start(arguments, format);
    report(run, "warning", format, arguments);
    va_end(arguments);
}

/* Nothing stands among the answers of `predict`. */
static int is_silent(const struct nc_run *run)
{
    return run->quiet || run->command == NC_COMMAND_PREDICT;
}

void nc_note(const struct nc_run *run, const char *format, ...)
{
    if (is_silent(run))
        return;
    nc_progress_break(run->progress);
    va_list arguments;
    va_start(arguments, format);
    nc_vprint(stdout, format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}

void nc_note_list(const struct nc_run *run, const char *list)
{
    if (is_silent(run))
        return;
    print_lines(stdout, list);
    fflush(stdout);
}

void nc_shape_text(char *text, size_t capacity, int rank, const long long *shape)
{
    size_t length = 0;
    text[0] = '\0';
    for (int i = 0; i < rank && length < capacity; i++)
        length += (size_t)snprintf(text + length, capacity - length, "%s%lld", i > 0 ? ", " : "", shape[i]);
}
