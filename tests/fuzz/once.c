#include "once.h"

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Of the sanitizers' allocator_interface.h, which gcc has not. */
int __sanitizer_install_malloc_and_free_hooks(void (*on_malloc)(const volatile void *, size_t),
                                              void (*on_free)(const volatile void *));
size_t __sanitizer_get_allocated_size(const volatile void *memory);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*function)(const uint8_t *input, size_t size));
_Noreturn void __wrap_exit(int status);

/* ---- What the try under way holds -------------------------------------------------------------------------------- */

enum { SLOTS = 1 << 20, MOST_USED = SLOTS / 2 };

/* A table by address. A slot that was given up keeps TAKEN_OUT, so that the search goes on behind it. */
#define TAKEN_OUT ((void *)1)
static void *held[SLOTS];
static unsigned used[MOST_USED]; /* the slots that aren't NULL */
static int used_count;
static size_t bytes_held, bytes_allowed;
static int trying;
static pthread_t thread; /* which tries: libFuzzer has others */

static unsigned slot_of(const void *memory)
{
    return (unsigned)((uintptr_t)memory >> 4) * 2654435761u >> 12;
}

static void on_malloc(const volatile void *memory, size_t size)
{
    if (!trying || !memory || !pthread_equal(thread, pthread_self()))
        return;
    bytes_held += size;
    if (bytes_held > bytes_allowed) {
        trying = 0;
        finding("too much memory");
    }
    unsigned at = slot_of((const void *)memory);
    while (held[at] && held[at] != TAKEN_OUT)
        at = (at + 1) % SLOTS;
    if (!held[at]) {
        if (used_count == MOST_USED) {
            trying = 0;
            finding("too many pieces of memory");
        }
        used[used_count++] = at;
    }
    held[at] = (void *)memory;
}

static void on_free(const volatile void *memory)
{
    if (!used_count || !memory || !pthread_equal(thread, pthread_self()))
        return;
    for (unsigned at = slot_of((const void *)memory); held[at]; at = (at + 1) % SLOTS) {
        if (held[at] == memory) {
            held[at] = TAKEN_OUT;
            bytes_held -= __sanitizer_get_allocated_size(memory);
            return;
        }
    }
}

static void give_all_back(void)
{
    for (int i = 0; i < used_count; i++) {
        void *memory = held[used[i]];
        held[used[i]] = NULL;
        if (memory != TAKEN_OUT)
            free(memory);
    }
    used_count = 0;
}

/* ---- A try ------------------------------------------------------------------------------------------------------- */

static jmp_buf end_of_try;
static volatile int status_of_try;

void __wrap_exit(int status)
{
    if (!trying) {
        fflush(NULL);
        _exit(status); /* what libraries do at the end of a program needs memory that was taken back */
    }
    status_of_try = status;
    longjmp(end_of_try, 1);
}

void finding(const char *what)
{
    fprintf(stderr, "\n==FINDING== %s\n", what);
    abort();
}

int once_under_way(void)
{
    return trying;
}

static double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int lowest; /* descriptors from here on are the try's */

static void prepare(void)
{
    static int done;
    if (done)
        return;
    done = 1;
    thread = pthread_self();
    lowest = open("/dev/null", O_RDONLY | O_CLOEXEC);
    close(lowest);
    if (!__sanitizer_install_malloc_and_free_hooks(on_malloc, on_free))
        finding("no hooks for malloc are free");
}

int once(void (*function)(void *context), void *context, int megabytes)
{
    prepare();
    bytes_held = 0;
    bytes_allowed = (size_t)megabytes << 20;
    const double begin = seconds();
    status_of_try = 0;
    trying = 1;
    if (!setjmp(end_of_try))
        function(context);
    trying = 0;
    if (seconds() - begin > MOST_SECONDS)
        finding("too much time");
    close_range((unsigned)lowest, (unsigned)lowest + 15, 0);
    give_all_back();
    return status_of_try;
}

/* ---- Without counted branches ------------------------------------------------------------------------------------ */

#ifndef FUZZ_COUNTS_BRANCHES
/* libFuzzer takes these for branches that ran. */
__attribute__((section("__libfuzzer_extra_counters"))) static uint8_t branches[4096];
#endif

void once_is_new(const unsigned char *input, size_t size)
{
#ifndef FUZZ_COUNTS_BRANCHES
    unsigned hash = 2166136261u; /* FNV-1a */
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ input[i]) * 16777619u;
    branches[hash % sizeof branches] = 1;
#else
    (void)input, (void)size;
#endif
}

/* The runtime has a main() of its own, a trainer's: libFuzzer is linked without its one. */
int main(int argc, char **argv)
{
    return LLVMFuzzerRunDriver(&argc, &argv, LLVMFuzzerTestOneInput);
}
