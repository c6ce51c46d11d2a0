/* fail.c: errors and messages. */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core.h"

/* Bytes of memory that isn't worth touching before it is needed, and that is worth large pages. */
enum { LARGE = 1 << 18, HUGE = 1 << 21 };

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

/* Zeroes memory: whole pages by giving them back, so that the system zeroes each when it is first written to. */
static void zero(unsigned char *memory, size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    const size_t before = -(uintptr_t)memory & (page - 1);
    size_t whole = 0;
    if (bytes >= LARGE) {
        whole = (bytes - before) & ~(page - 1);
        if (madvise(memory + before, whole, MADV_DONTNEED) != 0)
            whole = 0;
        else if (whole >= HUGE)
            madvise(memory + before, whole, MADV_HUGEPAGE); /* a wish: that it fails, or does nothing, is no matter */
    }
    if (whole == 0) {
        memset(memory, 0, bytes);
    } else {
        memset(memory, 0, before);
        memset(memory + before + whole, 0, bytes - before - whole);
    }
}

void nc_memory_begin(void *memory, size_t bytes)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    for (size_t at = 0; at < bytes; at += page)
        ((volatile unsigned char *)memory)[at] = 0;
}

void *nc_memory(const struct nc_run *run, long long count, long long size, const char *what)
{
    enum { ALIGN = 64 };
    long long bytes;
    if (count < 0 || size < 0 || __builtin_mul_overflow(count, size, &bytes) ||
        __builtin_add_overflow(bytes, (long long)ALIGN, &bytes))
        nc_fail(run, NULL, "%s would need more memory than there can be", what);
    bytes = bytes / ALIGN * ALIGN; /* at least one byte more than nothing, so that no NULL comes of an empty array */
    if (bytes == 0)
        bytes = ALIGN;
    void *memory = aligned_alloc(ALIGN, (size_t)bytes);
    if (memory == NULL)
        nc_fail(run, "close other programs, or make the batch or the model smaller",
                "no memory for %s: %.1f MB wanted", what, (double)bytes / 1e6);
    zero(memory, (size_t)bytes);
    return memory;
}
