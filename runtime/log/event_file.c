/* The files of a log: made, written to. */
#include "event_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "system/draft.h"
#include "system/whole.h"

void nc_host_name(char *host, size_t size)
{
    host[size - 1] = '\0';
    if (gethostname(host, size - 1) != 0 || !host[0])
        snprintf(host, size, "localhost");
    for (char *c = host; *c; c++) {
        if (*c == '/')
            *c = '_';
    }
}

/* 0, or an errno. */
static int create(struct nc_event_file *f, const char *folder, double time)
{
    char host[256];
    nc_host_name(host, sizeof host);
    for (int number = 0; number < 10000; number++) {
        int length = snprintf(f->path, sizeof f->path, "%s/events.out.tfevents.%010lld.%s.%ld.%d", folder,
                              (long long)time, host, (long)getpid(), number);
        if (length >= (int)sizeof f->path)
            return ENAMETOOLONG;
        f->file = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (f->file >= 0)
            return 0;
        if (errno != EEXIST)
            return errno;
    }
    return EEXIST;
}

int nc_event_file_open(struct nc_event_file *f, const char *folder, double time, long long resume_step,
                       struct nc_event_record *record)
{
    f->file = -1;
    if (snprintf(f->path, sizeof f->path, "%s", folder) >= (int)sizeof f->path)
        return ENAMETOOLONG;
    int error = nc_make_folders(folder);
    if (!error)
        error = create(f, folder, time);
    if (!error)
        error = nc_event_version(record, time, resume_step < 0 ? 0 : resume_step) == 0
                    ? nc_event_file_write(f, record) : ENOMEM;
    if (!error && resume_step >= 0)
        error = nc_event_restart(record, time, resume_step) == 0 ? nc_event_file_write(f, record) : ENOMEM;
    return error;
}

int nc_event_file_write(const struct nc_event_file *f, const struct nc_event_record *record)
{
    return nc_write_whole(f->file, record->bytes, record->size);
}

void nc_event_file_close(struct nc_event_file *f)
{
    if (f->file >= 0)
        close(f->file);
    f->file = -1;
}
