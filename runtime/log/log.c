/* The statement `log`: scalars into an event file that TensorBoard reads while the run goes on. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"
#include "events.h"

enum { PATH_ROOM = 4096 };

struct log_state {
    int file; /* -1 once a write has failed */
    char path[PATH_ROOM];
    struct nc_event_record record;
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Writes the record at once, whole: whoever reads the file meanwhile sees no half record for long. 0, or an errno. */
static int write_record(struct log_state *s)
{
    for (size_t done = 0; done < s->record.size;) {
        ssize_t wrote = write(s->file, s->record.bytes + done, s->record.size - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? errno : EIO;
        done += (size_t)wrote;
    }
    return 0;
}

/* mkdir -p. 0, or -1 with errno; `folder` is changed and put back. */
static int make_folders(char *folder)
{
    for (char *slash = folder + 1; *slash; slash++) {
        if (*slash != '/')
            continue;
        *slash = 0;
        int failed = mkdir(folder, 0777) != 0 && errno != EEXIST;
        *slash = '/';
        if (failed)
            return -1;
    }
    return mkdir(folder, 0777) != 0 && errno != EEXIST ? -1 : 0;
}

/* Creates FOLDER/events.out.tfevents.TIME.HOST.PID.NUMBER, the first number that is free. */
static int create_file(struct nc_run *run, struct log_state *s, const char *folder, double time)
{
    char host[256] = "";
    if (gethostname(host, sizeof host - 1) != 0 || !host[0])
        snprintf(host, sizeof host, "localhost");
    for (char *c = host; *c; c++) {
        if (*c == '/')
            *c = '_';
    }
    for (int number = 0; number < 10000; number++) {
        int length = snprintf(s->path, sizeof s->path, "%s/events.out.tfevents.%010lld.%s.%ld.%d", folder,
                              (long long)time, host, (long)getpid(), number);
        if (length >= (int)sizeof s->path)
            nc_fail(run, NULL, "cannot log to %s: its path is too long", folder);
        int file = open(s->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file >= 0 || errno != EEXIST)
            return file;
    }
    return -1;
}

static void log_open(struct nc_run *run, const char *folder, long long resume_step)
{
    static const char hint[] = "say where with `log`, or make room there";
    struct log_state *s = nc_memory(run, 1, sizeof *s, "the log");
    double time = now();
    int length = snprintf(s->path, sizeof s->path, "%s", folder);
    if (length == 0 || length >= (int)sizeof s->path)
        nc_fail(run, NULL, "cannot log to '%s': %s", folder, length == 0 ? "it is no folder" : "its path is too long");
    if (make_folders(s->path) != 0)
        nc_fail(run, hint, "cannot log to %s: the folder cannot be made: %s", folder, strerror(errno));
    s->file = create_file(run, s, folder, time);
    if (s->file < 0)
        nc_fail(run, hint, "cannot log to %s: %s", folder, strerror(errno));
    run->log_state = s;
    nc_event_version(&s->record, time, resume_step < 0 ? 0 : resume_step);
    int error = write_record(s);
    if (!error && resume_step >= 0) {
        nc_event_restart(&s->record, time, resume_step);
        error = write_record(s);
    }
    if (error)
        nc_fail(run, hint, "cannot log to %s: %s", s->path, strerror(error));
}

/* A log that can't be written is given up with one warning; training goes on. */
static void log_scalar(struct nc_run *run, const char *tag, double value, long long step)
{
    struct log_state *s = run->log_state;
    if (s->file < 0)
        return;
    int error = nc_event_scalar(&s->record, now(), step, tag, value) == 0 ? write_record(s) : EMSGSIZE;
    if (!error)
        return;
    nc_warn(run, "cannot write %s: %s; nothing more is logged", s->path, strerror(error));
    close(s->file);
    s->file = -1;
}

/* Every record is written when it is made; here it only has to reach the disk. */
static void log_flush(struct nc_run *run)
{
    struct log_state *s = run->log_state;
    if (s->file >= 0)
        fdatasync(s->file);
}

static void log_close(struct nc_run *run)
{
    struct log_state *s = run->log_state;
    if (s->file >= 0)
        close(s->file);
    free(s);
    run->log_state = NULL;
}

static const struct nc_log_writer WRITER = {
    .open = log_open,
    .scalar = log_scalar,
    .flush = log_flush,
    .close = log_close,
};

void nc_log(struct nc_run *run, const char *folder, int every)
{
    run->log = &WRITER;
    nc_give_text(&run->log_folder, folder);
    nc_give_long(&run->log_every, every);
}
