/* fail.c: errors and messages. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core.h"

static void report(const struct nc_run *run, const char *hint, const char *format, va_list arguments)
{
    if (run != NULL)
        nc_progress_break(run->progress);
    fflush(stdout);
    fprintf(stderr, "%s: error: ", run != NULL && run->program != NULL ? run->program : "netc");
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    if (hint != NULL)
        fprintf(stderr, "  hint: %s\n", hint);
}

void nc_fail(const struct nc_run *run, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(run, hint, format, arguments);
    va_end(arguments);
    exit(1);
}

void nc_usage(const struct nc_run *run, const char *hint, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    report(run, hint, format, arguments);
    va_end(arguments);
    fprintf(stderr, "Try '%s --help'.\n", run != NULL && run->program != NULL ? run->program : "netc");
    exit(2);
}

void nc_warn(const struct nc_run *run, const char *format, ...)
{
    nc_progress_break(run->progress);
    fflush(stdout);
    fprintf(stderr, "%s: warning: ", run->program != NULL ? run->program : "netc");
    va_list arguments;
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

void nc_note(const struct nc_run *run, const char *format, ...)
{
    if (run->quiet)
        return;
    nc_progress_break(run->progress);
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    putchar('\n');
    fflush(stdout);
}
