#include "system/draft.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENDING ".netc-partial"

enum { MOST_LINKS = 40, MOST_NAME = 200, TRIES = 100 };

/* ---- The way out ------------------------------------------------------------------------------------------------- */

enum { SLOTS = 16 };

/* Paths to be removed. Read by signal handlers, so a path is whole before its slot is taken. */
static struct slot {
    volatile sig_atomic_t taken;
    char path[NC_PATH];
} slots[SLOTS];

void nc_remove_now(void)
{
    for (int i = SLOTS - 1; i >= 0; i--)
        if (slots[i].taken && unlink(slots[i].path) != 0)
            rmdir(slots[i].path);
}

void nc_end_by(int signal_number)
{
    sigset_t this_one;
    nc_remove_now();
    signal(signal_number, SIG_DFL);
    sigemptyset(&this_one);
    sigaddset(&this_one, signal_number);
    pthread_sigmask(SIG_UNBLOCK, &this_one, NULL);
    raise(signal_number);
    _exit(128 + signal_number); /* it is one that by itself ends no program */
}

/* Signals that end a process, where nobody has said otherwise: what nohup ignores stays ignored. */
static void catch_ends(void)
{
    static const int ends[] = {SIGHUP, SIGINT, SIGQUIT, SIGILL, SIGABRT, SIGFPE, SIGBUS, SIGSEGV, SIGPIPE, SIGALRM,
                               SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGSYS};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct sigaction now, end = {.sa_handler = nc_end_by};
        if (sigaction(ends[i], NULL, &now) == 0 && !(now.sa_flags & SA_SIGINFO) && now.sa_handler == SIG_DFL)
            sigaction(ends[i], &end, NULL);
    }
}

int nc_remove_at_end(const char *path)
{
    static int begun;
    if (!begun++) {
        atexit(nc_remove_now);
        catch_ends();
    }
    for (int i = 0; i < SLOTS; i++) {
        if (slots[i].taken)
            continue;
        snprintf(slots[i].path, NC_PATH, "%s", path);
        slots[i].taken = 1;
        return i;
    }
    return -1; /* more than a program ever writes at once */
}

void nc_keep(int slot)
{
    if (slot >= 0)
        slots[slot].taken = 0;
}

/* ---- Dead runs' files -------------------------------------------------------------------------------------------- */

int nc_hold(int file)
{
    struct stat status;
    if (flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
        return 0;
    return fstat(file, &status) != 0 || status.st_nlink > 0;
}

int nc_open_left(int folder, const char *name)
{
    int left = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (left >= 0 && flock(left, LOCK_EX | LOCK_NB) != 0) {
        close(left);
        return -1;
    }
    return left;
}

void nc_clean_folder(int at, const char *folder, void (*clean)(int folder, const char *name))
{
    int file = openat(at, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = file >= 0 ? fdopendir(file) : NULL;
    for (const struct dirent *entry; stream != NULL && (entry = readdir(stream)) != NULL;)
        clean(dirfd(stream), entry->d_name);
    if (stream != NULL)
        closedir(stream);
    else if (file >= 0)
        close(file);
}

static void clean_partial(int folder, const char *name)
{
    const size_t length = strlen(name), ending = strlen(ENDING);
    if (length <= ending || strcmp(name + length - ending, ENDING) != 0)
        return;
    int left = nc_open_left(folder, name);
    struct stat status;
    if (left >= 0 && fstat(left, &status) == 0 && S_ISREG(status.st_mode))
        unlinkat(folder, name, 0);
    if (left >= 0)
        close(left);
}

/* Once for each folder that is written to. */
static void clean_once(const char *folder)
{
    static dev_t device;
    static ino_t node;
    struct stat status;
    if (stat(folder, &status) != 0 || (status.st_dev == device && status.st_ino == node))
        return;
    device = status.st_dev;
    node = status.st_ino;
    nc_clean_folder(AT_FDCWD, folder, clean_partial);
}

/* ---- Where it goes ----------------------------------------------------------------------------------------------- */

void nc_folder_of(const char *path, char folder[NC_PATH])
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        snprintf(folder, NC_PATH, ".");
    else
        snprintf(folder, NC_PATH, "%.*s", slash == path ? 1 : (int)(slash - path), path);
}

int nc_make_folders(const char *path)
{
    char above[NC_PATH];
    for (size_t end = 1, length = strlen(path); end <= length; end++) {
        if (path[end] && path[end] != '/')
            continue;
        if (snprintf(above, sizeof above, "%.*s", (int)end, path) >= NC_PATH)
            return ENAMETOOLONG;
        if (mkdir(above, 0777) != 0 && errno != EEXIST)
            return errno;
    }
    return 0;
}

static int is_in_proc(const struct stat *status)
{
    struct stat proc;
    return stat("/proc/self", &proc) == 0 && proc.st_dev == status->st_dev;
}

/* Puts in output->path where the links at `path` lead. *through: to what is to be written as it is. 0, or an errno. */
static int follow(struct nc_draft *output, const char *path, int *through)
{
    char to[NC_PATH], folder[NC_PATH], next[2 * NC_PATH];
    struct stat status;
    *through = 0;
    if (snprintf(output->path, NC_PATH, "%s", path) >= NC_PATH)
        return ENAMETOOLONG;
    for (int links = 0;; links++) {
        if (lstat(output->path, &status) != 0)
            return errno == ENOENT ? 0 : errno;
        if (!S_ISLNK(status.st_mode))
            return 0;
        if (is_in_proc(&status)) {
            *through = 1;
            return 0;
        }
        ssize_t length = readlink(output->path, to, sizeof to - 1);
        if (length < 0)
            return errno;
        if (links == MOST_LINKS)
            return ELOOP;
        to[length] = '\0';
        nc_folder_of(output->path, folder);
        if (to[0] == '/')
            snprintf(next, sizeof next, "%s", to);
        else
            snprintf(next, sizeof next, "%s/%s", folder, to);
        if (snprintf(output->path, NC_PATH, "%s", next) >= NC_PATH)
            return ENAMETOOLONG;
    }
}

/* ---- Writing ----------------------------------------------------------------------------------------------------- */

static int open_through(struct nc_draft *output)
{
    int file = open(output->path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
    output->file = file >= 0 ? fdopen(file, "w") : NULL;
    return output->file != NULL ? 0 : errno;
}

/* The rights of the file that is replaced, or those that any new file gets. */
static mode_t rights(const struct stat *there, int program)
{
    mode_t mask = umask(0), all = program ? 0777 : 0666;
    umask(mask);
    return there == NULL ? all & ~mask : (there->st_mode & 0777) | (program ? 0111 & ~mask : 0);
}

/* Makes the file beside, and holds it. */
static int open_partial(struct nc_draft *output, const struct stat *there, int program)
{
    char folder[NC_PATH];
    const char *slash = strrchr(output->path, '/'), *name = slash != NULL ? slash + 1 : output->path;
    nc_folder_of(output->path, folder);
    clean_once(folder);
    for (int i = 0; i < TRIES; i++) {
        int length = snprintf(output->partial, NC_PATH, "%.*s%.*s.XXXXXX" ENDING, (int)(name - output->path),
                              output->path, MOST_NAME, name);
        if (length >= NC_PATH)
            return ENAMETOOLONG;
        int file = mkostemps(output->partial, (int)strlen(ENDING), O_CLOEXEC);
        if (file < 0)
            return errno;
        output->slot = nc_remove_at_end(output->partial);
        if (nc_hold(file)) {
            fchmod(file, rights(there, program)); /* a file system without rights is no reason to stop */
            output->file = fdopen(file, "w");
            return output->file != NULL ? 0 : errno;
        }
        close(file);
        nc_keep(output->slot);
    }
    return EBUSY;
}

int nc_draft_open(struct nc_draft *output, const char *path, int program)
{
    struct stat status;
    int through;
    output->file = NULL;
    output->partial[0] = '\0';
    output->slot = -1;
    int error = path[0] == '\0' ? ENOENT : follow(output, path, &through);
    if (error != 0)
        return error;
    int there = stat(output->path, &status) == 0;
    if (!there && errno != ENOENT) /* it may be a device: nothing that can't be looked at is replaced */
        return errno;
    if (there && S_ISDIR(status.st_mode))
        return EISDIR;
    if (there && access(output->path, W_OK) != 0)
        return errno;
    error = through || (there && !S_ISREG(status.st_mode)) ? open_through(output)
                                                           : open_partial(output, there ? &status : NULL, program);
    errno = 0;
    return error;
}

int nc_draft_check(const char *path)
{
    struct nc_draft draft = {0};
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
        return access(path, W_OK) == 0 ? 0 : errno; /* whoever reads from a FIFO would take it for the end */
    int error = nc_draft_open(&draft, path, 0);
    nc_draft_drop(&draft);
    return error;
}

/* The folder that has the file's name. A file system that can't is no reason to stop: the file itself is whole. */
static void sync_folder(const char *path)
{
    char folder[NC_PATH];
    nc_folder_of(path, folder);
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0)
        return;
    fsync(file);
    close(file);
}

int nc_draft_finish(struct nc_draft *output, int durable)
{
    FILE *file = output->file;
    const int before = errno; /* nc_draft_open left 0: of the write that failed, if one did */
    int error = 0;
    errno = 0;
    if (fflush(file) != 0 || ferror(file))
        error = errno != 0 ? errno : before != 0 ? before : EIO;
    if (error == 0 && durable && fsync(fileno(file)) != 0 && errno != EINVAL && errno != EROFS)
        error = errno;
    /* It gets its name while it is held: between the two it would look like a dead run's. */
    if (error == 0 && output->partial[0] != '\0' && rename(output->partial, output->path) != 0)
        error = errno;
    if (error != 0) {
        nc_draft_drop(output);
        return error;
    }
    nc_keep(output->slot);
    output->file = NULL;
    if (fclose(file) != 0)
        return errno;
    if (durable && output->partial[0] != '\0')
        sync_folder(output->path);
    return 0;
}

void nc_draft_drop(struct nc_draft *output)
{
    if (output->file == NULL)
        return;
    if (output->partial[0] != '\0')
        unlink(output->partial);
    nc_keep(output->slot);
    fclose(output->file);
    output->file = NULL;
}

int nc_write_text(const char *path, const char *text)
{
    struct nc_draft output;
    int error = nc_draft_open(&output, path, 0);
    if (error != 0)
        return error;
    fputs(text, output.file);
    return nc_draft_finish(&output, 0);
}

/* ---- Streams ----------------------------------------------------------------------------------------------------- */

void nc_open_streams(void)
{
    for (int i = 0; i <= 2; i++)
        if (fcntl(i, F_GETFD) < 0 && errno == EBADF)
            open("/dev/null", i == 0 ? O_RDONLY : O_WRONLY); /* the lowest that is free: this one */
}
