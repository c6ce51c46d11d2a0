/* memory.c: memory for a run, which ends with one sentence where there is none. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core.h"

/* Bytes of memory that isn't worth touching before it is needed, and that is worth large pages. */
enum { LARGE = 1 << 18, HUGE = 1 << 21 };

static const char make_room[] = "close other programs, or make the batch or the model smaller";

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
    void *memory = NULL; /* by posix_memalign, since aligned_alloc wants whole multiples of the alignment */
    if (posix_memalign(&memory, bytes >= HUGE ? HUGE : ALIGN, (size_t)bytes) != 0)
        nc_fail(run, make_room, "no memory for %s: %.1f MB wanted", what, (double)bytes / 1e6);
    zero(memory, (size_t)bytes);
    return memory;
}

/* A number of /proc/meminfo, in bytes; -1: it has none of this name. */
static long long meminfo(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at != NULL ? strtoll(at + strlen(name), NULL, 10) * 1024 : -1;
}

void nc_memory_check(const struct nc_run *run, long long bytes)
{
    char text[4096] = "";
    FILE *file = fopen("/proc/meminfo", "re");
    if (file == NULL)
        return; /* the system tells nothing */
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    long long available = meminfo(text, "MemAvailable:"), swap = meminfo(text, "SwapFree:");
    if (available >= 0 && bytes > available + (swap > 0 ? swap : 0))
        nc_fail(run, make_room, "memory is short: the plan of %s takes %.1f GB, and %.1f GB are free", run->model->name,
                (double)bytes / 1e9, (double)(available + (swap > 0 ? swap : 0)) / 1e9);
}

void *nc_memory_grow(const struct nc_run *run, void *memory, long long count, long long size, const char *what)
{
    long long bytes;
    if (count < 0 || size < 0 || __builtin_mul_overflow(count, size, &bytes))
        nc_fail(run, NULL, "%s would need more memory than there can be", what);
    void *grown = realloc(memory, bytes > 0 ? (size_t)bytes : 1);
    if (grown == NULL)
        nc_fail(run, make_room, "no memory for %s: %.1f MB wanted", what, (double)bytes / 1e6);
    return grown;
}

char *nc_memory_text(const struct nc_run *run, const char *text, size_t length, const char *what)
{
    char *copy = nc_memory_grow(run, NULL, (long long)length + 1, 1, what);
    memcpy(copy, text, length);
    copy[length] = 0;
    return copy;
}

/* What a stream into memory fills. */
struct sink {
    const struct nc_run *run;
    const char *what;
    char **bytes;
    size_t *size, capacity;
};

static ssize_t sink_write(void *cookie, const char *bytes, size_t count)
{
    struct sink *sink = cookie;
    size_t needed = *sink->size + count + 1;
    if (needed > sink->capacity) {
        sink->capacity = needed > 2 * sink->capacity ? needed : 2 * sink->capacity;
        *sink->bytes = nc_memory_grow(sink->run, *sink->bytes, (long long)sink->capacity, 1, sink->what);
    }
    memcpy(*sink->bytes + *sink->size, bytes, count);
    *sink->size += count;
    (*sink->bytes)[*sink->size] = 0;
    return (ssize_t)count;
}

static int sink_close(void *cookie)
{
    free(cookie);
    return 0;
}

FILE *nc_memory_stream(const struct nc_run *run, char **bytes, size_t *size, const char *what)
{
    struct sink *sink = nc_memory_grow(run, NULL, 1, sizeof *sink, what);
    *bytes = nc_memory_text(run, "", 0, what);
    *size = 0;
    *sink = (struct sink){.run = run, .what = what, .bytes = bytes, .size = size, .capacity = 1};
    FILE *stream = fopencookie(sink, "w", (cookie_io_functions_t){.write = sink_write, .close = sink_close});
    if (stream == NULL)
        nc_fail(run, make_room, "no memory for %s", what);
    return stream;
}
