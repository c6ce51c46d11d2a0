/* mapped.c: files of samples and of parameters as read-only memory, so that a run begins without reading them: a page
 * comes in when it is first looked at, and whatever has the file in memory already shares it.
 *
 * A page that can no longer be read (the file became shorter, the disk failed) is told by the signal SIGBUS in the
 * thread that looked at it. The handler here finds the file among those mapped, says so and ends the program. A file
 * that was written to gives other samples in silence: so after each epoch the times of the files are held against those
 * of the beginning. What is used as a place in memory is never left in such a file. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/draft.h"
#include "internal.h"

/* One mapped file. Never freed, as the handler may read the list at any time; size 0 once it is unmapped. */
struct mapping {
    const unsigned char *bytes;
    _Atomic size_t size;
    struct mapping *next;
    const char *whose;
    char *path;
    struct stat status;
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
            nc_remove_now();
            _exit(1);
        }
    }
    nc_end_by(signal_number); /* not ours */
}

static void catch_bus_errors(void)
{
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, NULL);
}

/* A file that has been replaced by another one is still there for us as it was. */
void nc_check_files(const struct nc_run *run)
{
    struct stat now;
    for (const struct mapping *m = atomic_load(&mappings); m; m = m->next) {
        if (atomic_load(&m->size) == 0 || stat(m->path, &now) != 0 || now.st_ino != m->status.st_ino ||
            now.st_dev != m->status.st_dev)
            continue;
        if (now.st_size != m->status.st_size || now.st_mtim.tv_sec != m->status.st_mtim.tv_sec ||
            now.st_mtim.tv_nsec != m->status.st_mtim.tv_nsec)
            nc_fail(run, "leave data alone while a run uses it; what was saved before is as it should be",
                    "%s: %s was written to while it was in use", m->whose, m->path);
    }
}

static void remember(const struct nc_run *run, const char *whose, const char *path, const unsigned char *bytes,
                     const struct stat *status)
{
    static const char format[] = "%s: error: %s: %s became shorter, or can no longer be read, while it was in use\n";
    size_t length = strlen(path);
    char *name = nc_memory(run, 6 * (long long)length + 1, 1, "a file's name"); /* as it may be printed */
    name[nc_printable(name, path, length)] = '\0';
    int capacity = snprintf(NULL, 0, format, run->program, whose, name) + 1;
    struct mapping *m = nc_memory(run, 1, (long long)sizeof *m + capacity, "a file's name");
    snprintf(m->message, (size_t)capacity, format, run->program, whose, name);
    free(name);
    m->bytes = bytes;
    m->size = (size_t)status->st_size;
    m->whose = whose;
    m->path = nc_memory(run, (long long)length + 1, 1, "a file's name");
    memcpy(m->path, path, length + 1);
    m->status = *status;
    m->next = atomic_load(&mappings);
    atomic_store(&mappings, m);
    catch_bus_errors();
}

int nc_is_there(const struct nc_run *run, const char *whose, const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0)
        return 1;
    if (errno != ENOENT && errno != ENOTDIR && errno != EACCES && errno != ELOOP && errno != ENAMETOOLONG)
        nc_fail(run, NULL, "%s: cannot look for %s: %s", whose, path, strerror(errno));
    return 0;
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
            remember(run, whose, path, *bytes, &status);
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

void nc_forget_pages(const unsigned char *bytes, size_t size)
{
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), before = -(uintptr_t)bytes & (page - 1);
    if (size >= before + page)
        madvise((void *)(bytes + before), (size - before) & ~(page - 1), MADV_DONTNEED);
}
