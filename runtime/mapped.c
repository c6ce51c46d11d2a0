/* mapped.c: files of samples and of parameters as read-only memory, so that a run begins without reading them: a page
 * comes in when it is first looked at, and whatever has the file in memory already shares it.
 *
 * A page that can no longer be read (the file became shorter, the disk failed) is told by the signal SIGBUS in the
 * thread that looked at it. The handler here finds the file among those mapped, says so and ends the program. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

/* One mapped file. Never freed, as the handler may read the list at any time; size 0 once it is unmapped. */
struct mapping {
    const unsigned char *bytes;
    _Atomic size_t size;
    struct mapping *next;
    char message[]; /* what the handler writes */
};

static _Atomic(struct mapping *) mappings;

/* Calls only what a signal handler may. */
static void on_bus_error(int signal_number, siginfo_t *info, void *context)
{
    const unsigned char *at = info->si_addr;
    (void)context;
    for (const struct mapping *m = atomic_load(&mappings); m; m = m->next) {
        if (at >= m->bytes && at < m->bytes + atomic_load(&m->size)) {
            ssize_t written = write(STDERR_FILENO, m->message, strlen(m->message));
            (void)written; /* there is nobody else to tell */
            _exit(1);
        }
    }
    signal(signal_number, SIG_DFL); /* not ours: the access is made again, and ends the program as it always would */
}

static void catch_bus_errors(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, NULL);
}

static void remember(const struct nc_run *run, const char *whose, const char *path, const unsigned char *bytes,
                     size_t size)
{
    static const char format[] = "%s: error: %s: %s became shorter, or can no longer be read, while it was in use\n";
    int length = snprintf(NULL, 0, format, run->program, whose, path);
    struct mapping *m = nc_memory(run, 1, (long long)sizeof *m + length + 1, "a file's name");
    snprintf(m->message, (size_t)length + 1, format, run->program, whose, path);
    m->bytes = bytes;
    m->size = size;
    m->next = atomic_load(&mappings);
    atomic_store(&mappings, m);
    catch_bus_errors();
}

int nc_map_file(const struct nc_run *run, const char *whose, const char *path, const unsigned char **bytes,
                size_t *size)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC), error = 0;
    *bytes = NULL;
    *size = 0;
    if (file < 0)
        return errno;
    if (fstat(file, &status) != 0)
        error = errno;
    else if (!S_ISREG(status.st_mode))
        error = S_ISDIR(status.st_mode) ? EISDIR : ENODEV;
    if (!error && status.st_size > 0) {
        void *start = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, file, 0);
        if (start == MAP_FAILED) {
            error = errno;
        } else {
            *bytes = start;
            *size = (size_t)status.st_size;
            posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED);
            remember(run, whose, path, *bytes, *size);
        }
    }
    close(file);
    return error;
}

void nc_unmap_file(const unsigned char *bytes)
{
    for (struct mapping *m = atomic_load(&mappings); m; m = m->next) {
        size_t size = m->bytes == bytes ? atomic_exchange(&m->size, 0) : 0;
        if (size)
            munmap((void *)bytes, size);
    }
}
