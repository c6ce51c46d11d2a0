#include "base/fail.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "system/printable.h"

void fail_system(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("netc: ", stderr);
    nc_vprint(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    exit(1);
}

void fail_bug_at(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "netc: bug at %s:%d: ", file, line);
    nc_vprint(stderr, format, args);
    fputs("\nThis is a mistake in netc. Please report it together with the .net file.\n", stderr);
    va_end(args);
    abort();
}
